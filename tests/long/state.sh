# SPDX-License-Identifier: Apache-2.0
# SIGKILL at more than 100 random moments of runs with a state; the command test has 36.
KILL_ROUNDS=36
KILL_SEED=$(date +%s)
export KILL_ROUNDS KILL_SEED
echo "seed $KILL_SEED"
sh "$TOP/tests/commands/956-state-crash.sh" >got 2>&1
diff "$TOP/tests/commands/956-state-crash.out" got && echo "$((3 * KILL_ROUNDS)) runs, as expected"
