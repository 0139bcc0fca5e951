# Instruction sets that kernel tests are also compiled for, besides the compiler's default: for each <set>, its
# <set>_flags, and whether this compiler and this machine know it, SEXTANT_CAN_COMPILE_<set> and SEXTANT_CAN_RUN_<set>.
include(CheckCXXCompilerFlag)
include(CheckCXXSourceRuns)

function(sextant_instruction_set name flags)
    set(${name}_flags ${flags} PARENT_SCOPE)
    check_cxx_compiler_flag("${flags}" SEXTANT_CAN_COMPILE_${name})
    if(SEXTANT_CAN_COMPILE_${name} AND NOT CMAKE_CROSSCOMPILING)
        list(TRANSFORM ARGN REPLACE "(.+)" "__builtin_cpu_supports(\"\\1\")" OUTPUT_VARIABLE supported)
        list(JOIN supported " && " supported)
        check_cxx_source_runs("int main() { return ${supported} ? 0 : 1; }" SEXTANT_CAN_RUN_${name})
    endif()
endfunction()

set(sextant_instruction_sets x86-64-v3 x86-64-v4-vnni)
sextant_instruction_set(x86-64-v3 -march=x86-64-v3 avx2 fma)
sextant_instruction_set(x86-64-v4 -march=x86-64-v4 avx512bw avx512vl avx512dq)
sextant_instruction_set(x86-64-v4-vnni "-march=x86-64-v4;-mavx512vpopcntdq;-mavx512vnni"
                        avx512bw avx512vl avx512dq avx512vpopcntdq avx512vnni)
sextant_instruction_set(x86-64-v4-bf16 "-march=x86-64-v4;-mavx512bf16" avx512bw avx512vl avx512dq avx512bf16)

set(SEXTANT_TEST_INSTRUCTION_SETS "${sextant_instruction_sets}" CACHE STRING
    "Instruction sets to build kernel tests for besides the compiler's default")
