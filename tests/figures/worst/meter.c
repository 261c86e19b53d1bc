// SPDX-License-Identifier: MIT
// A plugin for QEMU that measures the calls which an image of board.c makes:
//
//     -plugin meter.so,costs=FILE,out=FILE
//
// The costs are numbers. The first line is where next_workload, measured_call
// and measured_end are, and where code begins that cannot be inside a call, and
// ends. Then a line an instruction: its address, the next one's, what it costs,
// what it costs if it branches, and 1 if it calls through a register, 2 if it
// ends a function so. What these call is the application's, and costs nothing.
//
// In the end it writes a line for each function of the workloads, in the order
// of their first calls: address, calls, least, mean, 99.9th percentile and most
// of the costs.
//
// QEMU tells of each basic block that begins. Then all instructions of the
// block before were executed, and the last one branched if the new block is not
// the one behind it.

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- what we use of QEMU's interface for plugins, version 1 ----------------
//
// Debian packages the emulator without its header.

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef void (*block_hook)(unsigned cpu, void *data);

int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int count,
                        char **arguments);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id,
                                    void (*hook)(qemu_plugin_id_t, void *),
                                    void *data);
void qemu_plugin_register_vcpu_tb_trans_cb(
    qemu_plugin_id_t id,
    void (*hook)(qemu_plugin_id_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *block,
                                          block_hook hook, int registers,
                                          void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *
qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t number);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *instruction);

#define NO_REGISTERS 0
#define EXPORT       __attribute__((visibility("default")))

EXPORT int qemu_plugin_version = 1;

// ---- instructions and blocks -----------------------------------------------

#define CODE_SIZE (256u << 10)
#define MOST_ROWS 80u    // functions
#define MOST_COST 65535u // what costs more counts as so much

enum kind { STAYS, CALLS_OUT, LEAVES };

static struct {
    uint32_t after, cost, branching, kind;
} code[CODE_SIZE / 2];

static uint32_t next_workload, measured_call, measured_end; // addresses
static uint32_t harness, harness_end;

typedef struct block {
    uint32_t start, end;
    uint32_t cost, branching; // what it costs if its last instruction branches
    enum kind kind;           // of that instruction
} block;

static void require(bool fact, const char *what)
{
    if (!fact) {
        fprintf(stderr, "meter: %s\n", what);
        exit(2);
    }
}

static block *new_block(const struct qemu_plugin_tb *from)
{
    block *const made = calloc(1, sizeof *made);
    require(made != NULL, "no memory");
    made->start = made->end = (uint32_t)qemu_plugin_tb_vaddr(from);
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(from); i++) {
        const uint32_t at =
            (uint32_t)qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(from, i));
        require(at < CODE_SIZE && code[at / 2].after > at, "this is no code");
        made->branching = made->cost + code[at / 2].branching;
        made->cost += code[at / 2].cost;
        made->kind = (enum kind)code[at / 2].kind;
        made->end = code[at / 2].after;
    }
    return made;
}

// ---- calls -----------------------------------------------------------------

static struct tally {
    uint32_t workload, function;
    uint64_t calls, sum;
    uint32_t *count; // of each cost
} tallies[MOST_ROWS];

static struct {
    enum { NONE, BEGINS, INSIDE, OUTSIDE } state;
    uint32_t workload; // counted from 1
    struct tally *of;
    uint32_t cost;
    uint32_t back; // where what is outside returns to
    const block *block;
} now;

static struct tally *tally_of(uint32_t function)
{
    struct tally *at = tallies;
    while (at->count != NULL
           && (at->workload != now.workload || at->function != function)) {
        at++;
        require(at < tallies + MOST_ROWS, "too many functions");
    }
    if (at->count == NULL) {
        at->workload = now.workload;
        at->function = function;
        at->count = calloc(MOST_COST + 1, sizeof *at->count);
        require(at->count != NULL, "no memory");
    }
    return at;
}

static void end_call(void)
{
    now.of->calls++;
    now.of->sum += now.cost;
    now.of->count[now.cost < MOST_COST ? now.cost : MOST_COST]++;
    now.state = NONE;
}

static void end_block(uint32_t next)
{
    const block *const ended = now.block;
    now.cost += next == ended->end ? ended->cost : ended->branching;
    if (next != measured_end && ended->kind != STAYS) {
        now.state = OUTSIDE;
        now.back = ended->kind == CALLS_OUT ? ended->end : measured_end;
    }
}

static void begin_call(uint32_t function)
{
    now.of = tally_of(function);
    now.cost = 0;
    now.state = INSIDE;
}

// It may be two blocks.
static bool is_in_measured_call(uint32_t address)
{
    return address > measured_call && address < measured_end;
}

static void begin_block(unsigned cpu, void *data)
{
    const block *const begun = data;
    (void)cpu;
    if (now.state == INSIDE) {
        end_block(begun->start);
    } else if (now.state == BEGINS && !is_in_measured_call(begun->start)) {
        begin_call(begun->start);
    } else if (now.state == OUTSIDE && begun->start == now.back) {
        now.state = INSIDE;
    }
    if (now.state == INSIDE && begun->start == measured_end) {
        end_call();
    } else if (begun->start == measured_call) {
        now.state = BEGINS;
    } else if (begun->start == next_workload) {
        now.workload++;
    }
    now.block = begun;
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *from)
{
    const uint32_t start = (uint32_t)qemu_plugin_tb_vaddr(from);
    (void)id;
    if (start >= harness && start < harness_end) {
        return;
    }
    qemu_plugin_register_vcpu_tb_exec_cb(from, begin_block, NO_REGISTERS,
                                         new_block(from));
}

// ---- files -----------------------------------------------------------------

static void read_costs(const char *path)
{
    FILE *const in = fopen(path, "r");
    uint32_t at, after, cost, branching, kind;
    require(in != NULL, "there are no such costs");
    require(fscanf(in, "%u %u %u %u %u", &next_workload, &measured_call,
                   &measured_end, &harness, &harness_end)
                == 5,
            "the costs have no first line");
    while (fscanf(in, "%u %u %u %u %u", &at, &after, &cost, &branching, &kind)
           == 5) {
        require(at < CODE_SIZE, "the code is too large");
        code[at / 2].after = after;
        code[at / 2].cost = cost;
        code[at / 2].branching = branching;
        code[at / 2].kind = kind;
    }
    fclose(in);
}

// The least cost that so many calls do not exceed.
static uint32_t quantile(const struct tally *of, uint64_t calls)
{
    uint64_t below = 0;
    uint32_t cost = 0;
    for (;; cost++) {
        below += of->count[cost];
        if (below >= calls || cost == MOST_COST) {
            return cost;
        }
    }
}

static void write_figures(qemu_plugin_id_t id, void *data)
{
    FILE *const out = fopen(data, "w");
    (void)id;
    require(out != NULL, "the figures cannot be written");
    for (const struct tally *of = tallies; of->count != NULL; of++) {
        fprintf(out, "%u %llu %u %.1f %u %u\n", of->function,
                (unsigned long long)of->calls, quantile(of, 1),
                (double)of->sum / (double)of->calls,
                quantile(of, of->calls - of->calls / 1000),
                quantile(of, of->calls));
    }
    require(fclose(out) == 0, "the figures cannot be written");
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int count,
                               char **arguments)
{
    (void)info;
    for (int i = 0; i < count; i++) {
        if (strncmp(arguments[i], "costs=", 6) == 0) {
            read_costs(arguments[i] + 6);
        } else if (strncmp(arguments[i], "out=", 4) == 0) {
            qemu_plugin_register_atexit_cb(id, write_figures, arguments[i] + 4);
        }
    }
    require(measured_call != 0, "costs=FILE is missing");
    qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
    return 0;
}
