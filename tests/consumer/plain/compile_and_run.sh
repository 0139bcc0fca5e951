#!/bin/sh
# compile_and_run.sh PROGRAM COMPILER ARGUMENTS...
set -eu
program=$1
shift
"$@" -o "$program"
"$program"
