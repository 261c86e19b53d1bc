// SPDX-License-Identifier: MIT
#include "programs.h"

#include "reel/base.h"

// A section whose name is an identifier: the linker says where it begins and
// ends.
#define USER       __attribute__((section("user_text"), used, noinline))
#define USER_START __attribute__((section("user_text"), always_inline)) inline

extern const unsigned char __start_user_text[], __stop_user_text[];

const unsigned char *programs_start(void)
{
    return __start_user_text;
}

size_t programs_size(void)
{
    return (size_t)(__stop_user_text - __start_user_text);
}

size_t program_offset(const program *what)
{
    return (uintptr_t)what->start - (uintptr_t)__start_user_text;
}

// ---- in U-mode, from here on ------------------------------------------------

static USER_START uintptr_t call(uintptr_t number, uintptr_t argument)
{
    register uintptr_t a0 __asm__("a0") = argument;
    register uintptr_t a7 __asm__("a7") = number;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7) : "memory");
    return a0;
}

// Counts the primes below 40,000, in heap that it asks for.
USER static void sieve(void)
{
    const size_t most = 40000;
    volatile unsigned char *const is_no_prime =
        (unsigned char *)call(CALL_GROW, (most + 4095) / 4096);
    size_t primes = 0;
    for (size_t i = 2; i < most; i++) {
        primes += !is_no_prime[i];
        for (size_t k = 2 * i; !is_no_prime[i] && k < most; k += i) {
            is_no_prime[k] = 1;
        }
    }
    (void)call(CALL_PRINT, primes);
    (void)call(CALL_EXIT, 0);
}

// The longest of the sequences n/2, 3n + 1 that begin below 3,000.
USER static void collatz(void)
{
    size_t longest = 0;
    for (size_t first = 1; first < 3000; first++) {
        size_t steps = 0;
        for (size_t n = first; n != 1; n = (n & 1) != 0 ? 3 * n + 1 : n / 2) {
            steps++;
        }
        longest = steps > longest ? steps : longest;
    }
    (void)call(CALL_PRINT, longest);
    (void)call(CALL_EXIT, 0);
}

// Asks for more than there is, and lives on.
USER static void glutton(void)
{
    size_t pages = 0;
    while (call(CALL_GROW, 64) != 0) {
        pages += 64;
    }
    (void)call(CALL_PRINT, pages);
    (void)call(CALL_EXIT, 0);
}

// Writes where it has nothing.
USER static void stray(void)
{
    *(volatile uintptr_t *)0x80200000u = 0;
    (void)call(CALL_EXIT, 0);
}

const program programs[] = {
    { "sieve", sieve }, { "collatz", collatz }, { "glutton", glutton },
    { "stray", stray }, { NULL, NULL },
};
