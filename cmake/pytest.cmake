# python_tests(NAME FILE [TIMEOUT SECONDS] [SERIAL] [ENVIRONMENT NAME=VALUE…]):
# the CTest NAME runs pytest on FILE, with tests/kafka and the caller's folder as import paths.
#
# The interpreter is the first one that has the two modules, so that another Python earlier in
# PATH does no harm.  Missing modules stop the configuration: tests are never skipped for that.
function(_has_test_modules result python)
    execute_process(COMMAND ${python} -c "import confluent_kafka, pytest"
                    RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
    if(NOT status EQUAL 0)
        set(${result} FALSE PARENT_SCOPE)
    endif()
endfunction()

find_program(TEST_PYTHON NAMES python3 VALIDATOR _has_test_modules
             DOC "A Python 3 with the modules confluent_kafka and pytest")
if(NOT TEST_PYTHON)
    message(FATAL_ERROR "No python3 has both confluent_kafka and pytest; "
                        "on Debian: apt install python3-confluent-kafka python3-pytest")
endif()

function(python_tests name file)
    cmake_parse_arguments(PARSE_ARGV 2 arg "SERIAL" "TIMEOUT" "ENVIRONMENT")
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 120)
    endif()
    add_test(NAME ${name}
             COMMAND ${TEST_PYTHON} -m pytest -q -ra -p no:cacheprovider
                     ${CMAKE_CURRENT_SOURCE_DIR}/${file}
             WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
    set(environment PYTHONDONTWRITEBYTECODE=1
        PYTHONPATH=${PROJECT_SOURCE_DIR}/tests/kafka:${CMAKE_CURRENT_SOURCE_DIR}
        ${arg_ENVIRONMENT})
    set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} FIXTURES_REQUIRED kafka
                         ENVIRONMENT "${environment}" RUN_SERIAL ${arg_SERIAL})
endfunction()
