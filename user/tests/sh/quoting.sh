# SPDX-License-Identifier: MIT
# Quotes, escapes and what they protect.
x='a  b'
echo $x "$x" '$x' \$x "\$x" 'it'\''s'
echo "one
two" three\
four
echo "nested \"quotes\" and `echo back` and $(echo "inner $x")"
echo '' "" | cat
for w in "" a '' "b c"; do echo "<$w>"; done
echo "tab	kept" '#no comment' a#b # comment
echo \# \; \| \& \< \> \( \)
echo "$" '$' a$ $.
