# SPDX-License-Identifier: MIT
# Pipelines and lists.
echo one | cat
echo one two three | wc -w | cat
printf 'b\na\nc\n' | sort | head -n 2
true | false; echo $?
false | true; echo $?
! false | false; echo $?
true && echo and
false && echo no
false || echo or
true || echo no
false || true && echo both
false && true || echo chain
echo a; echo b; echo c
{ echo 1; echo 2; } | while read n; do echo "got $n"; done
(echo sub; echo shell) | cat
seq 1 20000 | wc -l
seq 1 100000 | head -n 3
x=1; echo | x=2; echo $x
echo multi |
	cat |
	cat
echo background & wait
sleep 0.1 & p=$!
wait $p; echo "waited $?"
(exit 5) & wait $!; echo $?
for i in 1 2 3; do echo $i; done | sort -r
if echo piped | grep piped >/dev/null; then echo found; fi
x=in | cat; echo "$(y=1 | echo "inner $y")"
empty=; $empty | echo "nothing before"
echo "after: $(echo a | $empty) $?"
