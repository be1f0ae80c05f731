#!/bin/bash
# run.sh - lets fuzz targets of a build folder run, each for its share of the time. Prints TAP.
#
#	run.sh BUILD FOUND [NAME…]	NAME: webhook; none: all of them
#
# Inputs that break something are kept in the folder FOUND; how to see it again is said. What each target has learned stays in
# BUILD/t/fuzz/learned and is where the next run begins. A build without libFuzzer (configure --enable-fuzzers) runs the inputs of
# t/fuzz/corpus and their neighbours instead. From the environment: FOYER_FUZZ_SECONDS (60), of all targets together.
set -uo pipefail

src=$(cd "$(dirname "$0")/../.." && pwd)
build=$1 found=$2
shift 2
seconds=${FOYER_FUZZ_SECONDS:-60}
n=0 failed=0

# Sixtieths of the time, longest input, and where more good inputs are. What costs more or has more to it gets more.
targets()
{
	cat <<'END'
answers		13 4096
certificate	9 4096
json		5 2048
programme	14 6144 t/data/bad
request		8 4096
webhook		11 4096
END
}

say()		# say STATUS SENTENCE
{
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; failed=1; fi
}

# libFuzzer's own words: "stat::number_of_executed_units: 1234", "#1234 DONE cov: 286 ft: 617 …".
told() { sed -n "s/^$1: *//p" "$2"; }
reached() { sed -nE 's/^#[0-9]+.* cov: ([0-9]+).*/\1/p' "$1" | tail -n 1; }

libfuzzer()	# libfuzzer NAME SECONDS LONGEST [FOLDER…]
{
	local name=$1 time=$2 longest=$3 program=$build/t/fuzz/fuzz_$1 out=$found/fuzz_$1.out learned=$build/t/fuzz/learned/$1 status=0
	local dict=() input seed
	shift 3
	mkdir -p "$learned"
	if [ -f "$src/t/fuzz/$name.dict" ]; then dict=("-dict=$src/t/fuzz/$name.dict"); fi
	# Standard error is libFuzzer's own: the program's log would only slow it down. Either tool tells lines by addresses.
	ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1 ASAN_SYMBOLIZER_PATH=$(command -v llvm-symbolizer addr2line | head -n 1) \
	    "$program" "-max_total_time=$time" -timeout=5 -rss_limit_mb=1024 "-max_len=$longest" -close_fd_mask=2 -print_final_stats=1 \
	    -entropic_scale_per_exec_time=1 "-artifact_prefix=$found/$name-" "${dict[@]}" "$learned" "$src/t/fuzz/corpus/$name" "$@" >"$out" 2>&1 || status=$?
	seed=$(sed -n 's/^INFO: Seed: //p' "$out")
	say "$status" "$name: $(told stat::number_of_executed_units "$out") inputs in $time s, $(reached "$out") places, seed $seed"
	if [ "$status" -eq 0 ]; then return; fi
	input=$(sed -n 's/^.*Test unit written to //p' "$out" | tail -n 1)
	echo "# to see it again: $program ${input:-"-seed=$seed"}"
	grep -aE 'does not hold|ERROR:|runtime error:' "$out" | head -n 4 | sed 's/^/# /'
	echo "# all of it: $out"
	grep -aE '^ *#[0-9]+ .*/(src|t|views)/[a-z_/]+\.[ch]:' "$out" | head -n 10 >&2
}

neighbours()	# neighbours NAME SECONDS
{
	local name=$1 changes=$(($2 * 200))
	if "$build/t/fuzz/fuzz_$name" -n "$changes" "$src/t/fuzz/corpus/$name" >"$found/fuzz_$name.out" 2>"$found/fuzz_$name.err"; then
		say 0 "$name: $(tail -n 1 "$found/fuzz_$name.out"), without libFuzzer"
	else
		say 1 "$name, without libFuzzer"
		tail -n 25 "$found/fuzz_$name.out" "$found/fuzz_$name.err" | sed 's/^/# /'
		echo "# to see it again: $build/t/fuzz/fuzz_$name -n $changes $src/t/fuzz/corpus/$name"
	fi
}

mkdir -p "$found"
while read -r name share longest more <&3; do
	if [ $# -gt 0 ] && [[ " $* " != *" $name "* ]]; then continue; fi
	time=$(((seconds * share + 30) / 60))
	folders=()
	for folder in $more; do folders+=("$src/$folder"); done
	if [[ $("$build/t/fuzz/fuzz_$name" -help=1 2>&1) == *max_total_time* ]]; then
		libfuzzer "$name" $((time > 0 ? time : 1)) "$longest" "${folders[@]}"
	else
		neighbours "$name" $((time > 0 ? time : 1))
	fi
done 3< <(targets)
echo "1..$n"
exit "$failed"
