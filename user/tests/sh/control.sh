# SPDX-License-Identifier: MIT
# if, while, until, for, case, break, continue.
if true; then echo 1; fi
if false; then echo no; else echo 2; fi
if false; then echo no; elif true; then echo 3; else echo no; fi
if false; then echo no; fi; echo "status $?"
i=0
while [ $i -lt 10 ]; do
	i=$((i + 1))
	[ $i -eq 2 ] && continue
	[ $i -eq 5 ] && break
	echo "i=$i"
done
until [ $i -le 0 ]; do i=$((i - 3)); done
echo $i
for a in 1 2; do for b in x y z; do
	[ $b = y ] && continue 2
	echo $a$b
done; done
for a in 1 2 3; do for b in x y; do [ $a = 2 ] && break 2; echo $a$b; done; done
for f in a.c b.h c.txt -n '*' 'x y'; do
	case $f in
	*.c | *.h) echo "$f: C" ;;
	(-*) echo option ;;
	'*') echo star ;;
	"x y") echo blank ;;
	*) echo "$f: other"
	esac
done
case x in y) ;; esac
echo $?
for x in; do echo never; done
{ echo group; false; } || echo failed
if true
then
	echo newline then
fi
! true; echo $?
while false; do :; done; echo $?
case abc in [a-c]??) echo set;; esac
case b in [!a]) echo not a;; esac
