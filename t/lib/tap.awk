# tap.awk - counts what a test program printed (TAP): "passed failed skipped". -v status=N is how it ended; a program that crashed,
# printed no plan, or ran fewer tests than it planned has failed, whatever it printed before. 77 with nothing failed: skipped.
# Programs of several groups print several plans.
/^1\.\.[0-9]+/ {
	planned += substr($1, 4)
	plans++
	if (/# *[Ss][Kk][Ii][Pp]/) skipped++
}
/^ok/ { ran++; if (/# *[Ss][Kk][Ii][Pp]/) skipped++; else passed++ }
/^not ok/ { ran++; if (/^not ok [0-9]+ # SKIP/) skipped++; else failed++ }	# so cmocka says that a test was skipped
/^Bail out!/ { failed++ }
END {
	if (plans && ran < planned)
		failed += planned - ran
	if (status == 77 && !failed && !skipped)
		skipped++
	else if (!plans && status != 77)
		failed++
	else if (status != 0 && status != 77 && !failed)
		failed++
	else if (!ran && !skipped && !failed)
		failed++
	print passed + 0, failed + 0, skipped + 0
}
