# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# The same records give the same bytes in every form, compressed or not, from a file, standard input or a pipe.
python3 - <<'PYTHON'
from scenes import small

f = small()
for form in ("native", "bare", "rdw", "monreader"):
    f.write(form, form)
PYTHON
gzip -c native >native.gz
"$MONREDUCE" reduce -q -o want native
echo "native: return code $?, $(ls want/V*.csv | wc -l | tr -d ' ') tables"
for form in bare rdw monreader native.gz; do
    "$MONREDUCE" reduce -q -o "out.$form" $form
    echo "$form: return code $?"
    diff -r -x manifest.json want "out.$form" && echo same
done
for form in native bare rdw monreader native.gz; do
    cat $form | "$MONREDUCE" reduce -q -o "pipe.$form" -
    echo "$form from a pipe: return code $?"
    diff -r -x manifest.json want "pipe.$form" && echo same
done
"$MONREDUCE" reduce -q -o stdin - <native
echo "standard input: return code $?"
diff -r -x manifest.json want stdin && echo same
