# Every program once over a little of the words (micro/ adds its own), so that a benchmark that cannot be run is seen before it
# is wanted. Nothing is measured: the preset bench-smoke compiles without optimisation.
set(words ${PROJECT_SOURCE_DIR}/demo/words-20k.base.f16bin)
set(few_words --base ${words} --queries ${words} --metric cosine --max-base 2000 --max-queries 20)

add_test(NAME bench/recall_qps COMMAND recall_qps ${few_words} --ef 10,32 --format json
                                       --codec f32,f16,lvq8,lvq4+f16,rabitq2+f16,rabitq4+lvq8)
add_test(NAME bench/churn COMMAND churn ${few_words} --codec f32,lvq4+f16 --rounds 4 --every 2)
add_test(NAME bench/files COMMAND files --base ${words} --metric cosine --max-base 2000 --codec f32,lvq8 --rounds 2
                                  --directory ${CMAKE_CURRENT_BINARY_DIR})
add_test(NAME bench/tuned COMMAND tuned ${few_words} --percent 90)
add_test(NAME bench/plot COMMAND sh -c "\"$<TARGET_FILE:recall_qps>\" \"$@\" | \"$<TARGET_FILE:plot>\"" sh
                                 ${few_words} --ef 10,32 --format json)
set_tests_properties(bench/plot PROPERTIES PASS_REGULAR_EXPRESSION "</svg>")
