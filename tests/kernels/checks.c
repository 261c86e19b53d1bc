// The checks of a port: its own, and those of all.

#include "test.h"

extern const test_case port_tests[], contract_tests[], temps_tests[],
    crowd_tests[];

const test_case *const test_tables[] = {
    port_tests, contract_tests, temps_tests, crowd_tests, NULL,
};
