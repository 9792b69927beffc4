# Instructions for a megabyte of input are not above the budget (tests/bench/budget.txt).
python3 "$TOP/tests/bench/budget.py" check "$(dirname "$MONREDUCE")"
code=$?
[ $code = 77 ] && exit 77
echo "code $code"
