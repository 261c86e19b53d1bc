// SPDX-License-Identifier: MIT
#include "pmp.h"

#include "frontier.h"
#include "reel/port.h"

#define MODE    0x18u // bits of an entry's configuration
#define TOR     0x08u
#define NA4     0x10u
#define NAPOT   0x18u
#define RW      0x03u
#define RWX     0x07u
#define GRANULE 4u // bytes that an address register counts in

#define MSTATUS_MPP   (UINT32_C(3) << 11)
#define MSTATUS_MPRV  (UINT32_C(1) << 17)
#define MISA_S        (UINT32_C(1) << 18)
#define PER_CONFIG    sizeof(uintptr_t) // entries of a configuration register
#define ALL_OF_MEMORY UINTPTR_MAX
#define NOT_THERE     0u

// ---- registers: their numbers are part of the instructions ------------------

#define FOR_EACH_ENTRY(ACT)                                                  \
    ACT(0)                                                                   \
    ACT(1)                                                                   \
    ACT(2)                                                                   \
    ACT(3) ACT(4) ACT(5) ACT(6) ACT(7) ACT(8) ACT(9) ACT(10) ACT(11) ACT(12) \
        ACT(13) ACT(14) ACT(15)
#if __riscv_xlen == 32
#define FOR_EACH_CONFIG(ACT) ACT(0) ACT(1) ACT(2) ACT(3)
#define CONFIG_NUMBER(entry) ((entry) / PER_CONFIG)
#else // pmpcfg1 and pmpcfg3 do not exist
#define FOR_EACH_CONFIG(ACT) ACT(0) ACT(2)
#define CONFIG_NUMBER(entry) ((entry) / PER_CONFIG * 2)
#endif

#define READ(name, number)                                         \
    case number:                                                   \
        __asm__ volatile("csrr %0, " #name #number : "=r"(value)); \
        break;
#define WRITE(name, number)                                        \
    case number:                                                   \
        __asm__ volatile("csrw " #name #number ", %0" ::"r"(value) \
                         : "memory");                              \
        break;
#define READ_ADDRESS(number)  READ(pmpaddr, number)
#define WRITE_ADDRESS(number) WRITE(pmpaddr, number)
#define READ_CONFIG(number)   READ(pmpcfg, number)
#define WRITE_CONFIG(number)  WRITE(pmpcfg, number)

static uintptr_t address_of(unsigned entry)
{
    uintptr_t value = 0;
    switch (entry) {
        FOR_EACH_ENTRY(READ_ADDRESS)
    }
    return value;
}

static void set_address(unsigned entry, uintptr_t value)
{
    switch (entry) {
        FOR_EACH_ENTRY(WRITE_ADDRESS)
    }
}

static uintptr_t read_config(unsigned number)
{
    uintptr_t value = 0;
    switch (number) {
        FOR_EACH_CONFIG(READ_CONFIG)
    }
    return value;
}

static void write_config(unsigned number, uintptr_t value)
{
    switch (number) {
        FOR_EACH_CONFIG(WRITE_CONFIG)
    }
}

static unsigned shift_of(unsigned entry)
{
    return (unsigned)(entry % PER_CONFIG * 8);
}

static unsigned config_of(unsigned entry)
{
    return read_config(CONFIG_NUMBER(entry)) >> shift_of(entry) & 0xFFu;
}

static void set_config(unsigned entry, uintptr_t value)
{
    const unsigned number = CONFIG_NUMBER(entry);
    const uintptr_t others =
        read_config(number) & ~((uintptr_t)0xFF << shift_of(entry));
    write_config(number, others | value << shift_of(entry));
}

// Asked by reading a register: where it does not exist, that traps to the
// label.
static bool has_pmp(void)
{
    uintptr_t found, status, vector;
    __asm__ volatile("csrr %1, mstatus\n\t"
                     "csrci mstatus, 8\n\t" // no interrupt goes to the label
                     "la %0, 1f\n\t"
                     "csrrw %2, mtvec, %0\n\t"
                     "li %0, 0\n\t"
                     "csrr zero, pmpcfg0\n\t"
                     "li %0, 1\n\t"
                     ".balign 4\n"
                     "1:\tcsrw mtvec, %2\n\t"
                     "csrw mstatus, %1" // the trap changed it
                     : "=&r"(found), "=&r"(status), "=&r"(vector)::"memory");
    return found != 0;
}

static bool has_page_tables(void)
{
    uintptr_t misa;
    __asm__ volatile("csrr %0, misa" : "=r"(misa));
    return (misa & MISA_S) != 0;
}

// The finest region of an entry that is off, in bytes. Its address is lost. One that is
// locked does not change: by its own entry, or by the next one, which begins there.
static size_t granule_of(unsigned entry)
{
    const uintptr_t before = address_of(entry);
    set_address(entry, ~before);
    const uintptr_t changed = address_of(entry) ^ before;
    return (changed & (0 - changed)) * GRANULE;
}

// ---- the frontier -----------------------------------------------------------

static void fence(bool must_fence)
{
    if (must_fence) {
        __asm__ volatile("sfence.vma" ::: "memory");
    }
}

// One write moves it. The next entry begins there, too; QEMU 7.2 notices that
// when the entry's own address is written.
static void move_frontier(reel_pmp *pmp, size_t to)
{
    set_address(pmp->entry + 1u, (pmp->base + to) / GRANULE);
    set_address(pmp->entry + 2u, (pmp->base + pmp->size) / GRANULE);
    fence(pmp->must_fence);
    pmp->frontier = to;
}

static bool commit(void *context, void *addr, size_t size)
{
    reel_pmp *const pmp = context;
    if (!may_commit(&pmp->pages, pmp->frontier, pmp->size,
                    (uintptr_t)addr - pmp->base, size)
        || reel_port_in_interrupt()) {
        return false;
    }
    move_frontier(pmp, pmp->frontier + size);
    return true;
}

static void decommit(void *context, void *addr, size_t size)
{
    reel_pmp *const pmp = context;
    if (may_decommit(&pmp->pages, pmp->frontier, (uintptr_t)addr - pmp->base,
                     size)
        && !reel_port_in_interrupt()) {
        move_frontier(pmp, pmp->frontier - size);
    }
}

// ---- init -------------------------------------------------------------------

static bool is_coverable(uintptr_t base, size_t size, size_t page_size)
{
    return page_size >= GRANULE && (page_size & (page_size - 1)) == 0
           && ((base | size) & (page_size - 1)) == 0 && base != 0
           && base + size > base; // not empty, and does not wrap
}

// Is an entry on that lies over [first, end)? In units of address registers.
static bool lies_over(unsigned entry, uintptr_t first, uintptr_t end)
{
    const uintptr_t address = address_of(entry);
    const unsigned mode = config_of(entry) & MODE;
    if (mode == TOR) {
        const uintptr_t low = entry == 0 ? 0 : address_of(entry - 1);
        return low < address && low < end && first < address;
    }
    // The ones at the end of an address give a NAPOT region's size.
    const uintptr_t mask = mode == NAPOT ? address ^ (address + 1) : 0;
    const uintptr_t low = address & ~mask;
    return (mode == NAPOT || mode == NA4) && low < end && first <= (low | mask);
}

static bool any_lies_over(unsigned entries, uintptr_t first, uintptr_t end)
{
    for (unsigned i = 0; i < entries; i++) {
        if (lies_over(i, first, end)) {
            return true;
        }
    }
    return false;
}

// With the entries off, can they be written, and are they fine enough?
static bool fits(unsigned entry, size_t page_size)
{
    bool fine = true;
    for (unsigned i = 0; i < REEL_PMP_TAKES; i++) {
        const unsigned before = config_of(entry + i);
        const uintptr_t address = address_of(entry + i);
        set_config(entry + i, 0);
        const size_t granule = granule_of(entry + i);
        fine = fine && granule != NOT_THERE && granule <= page_size;
        // Of a NAPOT region it has a bit that reads as 0 while the entry is off.
        set_address(entry + i, address);
        set_config(entry + i, before);
    }
    return fine;
}

static void fill_in(reel_pmp *pmp, uintptr_t base, size_t size,
                    size_t page_size, unsigned entry)
{
    pmp->base = base;
    pmp->size = size;
    pmp->frontier = 0;
    pmp->entry = (uint8_t)entry;
    pmp->must_fence = has_page_tables();
    pmp->pages.page_size = page_size;
    pmp->pages.context = pmp;
    pmp->pages.commit = commit;
    pmp->pages.decommit = decommit;
}

static void close_all(reel_pmp *pmp)
{
    for (unsigned i = REEL_PMP_TAKES; i-- > 0;) {
        set_config(pmp->entry + i, 0);
    }
    set_address(pmp->entry, pmp->base / GRANULE);
    move_frontier(pmp, 0);
    set_config(pmp->entry + 1u, TOR | RW);
    set_config(pmp->entry + 2u, TOR);
    fence(pmp->must_fence);
}

reel_status reel_pmp_init(reel_pmp *pmp, void *space, size_t size,
                          size_t page_size, unsigned entry)
{
    const uintptr_t base = (uintptr_t)space, first = base / GRANULE;
    if (pmp == NULL || !is_coverable(base, size, page_size)) {
        return REEL_INVALID;
    }
    if (entry >= REEL_PMP_ENTRIES - REEL_PMP_TAKES || !has_pmp()
        || !fits(entry, page_size)) {
        return REEL_UNSUPPORTED;
    }
    if (any_lies_over(entry, first, first + size / GRANULE)) {
        return REEL_PORT_FAILED;
    }
    fill_in(pmp, base, size, page_size, entry);
    close_all(pmp);
    return REEL_OK;
}

// ---- binding M-mode ---------------------------------------------------------

// No range takes it.
static unsigned last_entry(void)
{
    unsigned entry = REEL_PMP_ENTRIES - 1;
    while (entry > 0 && config_of(entry) == 0
           && granule_of(entry) == NOT_THERE) {
        entry--;
    }
    return entry;
}

reel_status reel_pmp_enable(void)
{
    uintptr_t status;
    if (!has_pmp()) {
        return REEL_UNSUPPORTED;
    }
    const unsigned last = last_entry();
    if (config_of(last) == 0) {
        set_address(last, ALL_OF_MEMORY);
        set_config(last, NAPOT | RWX);
    }
    fence(has_page_tables());
    __asm__ volatile("csrc mstatus, %1\n\t"
                     "csrs mstatus, %2\n\t"
                     "csrr %0, mstatus"
                     : "=&r"(status)
                     : "r"(MSTATUS_MPP), "r"(MSTATUS_MPRV)
                     : "memory");
    if ((status & (MSTATUS_MPRV | MSTATUS_MPP)) == MSTATUS_MPRV) {
        return REEL_OK;
    }
    __asm__ volatile("csrc mstatus, %0" ::"r"(MSTATUS_MPRV) : "memory");
    return REEL_UNSUPPORTED;
}
