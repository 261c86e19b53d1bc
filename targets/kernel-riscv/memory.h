// SPDX-License-Identifier: MIT
// The kernel's memory: frames, page tables, and address spaces of processes.

#ifndef MEMORY_H
#define MEMORY_H

#include "mmu/mmu.h"
#include "reel/reel.h"

#define PAGE       REEL_MMU_PAGE
#define USER_START ((uintptr_t)64 << 30) // of every process
#define USER_END   (USER_START + ((uintptr_t)1 << 30))

// What a process's pages may be used for, beside reading.
#define USER_WRITE 4u
#define USER_RUN   8u

extern reel_blocks frames;
extern reel_pool tables;
extern reel_mmu_space kernel_space;

void memory_start(void);

// A frame or table of a process, to be given back when it ends.
typedef struct user_page {
    struct user_page *next;
    void *page;
    bool is_table;
} user_page;

// The address space of a process. What it notes lies in its region.
typedef struct user_space {
    uint64_t *root;
    user_page *pages;
    reel_region *notes;
} user_space;

// False where memory is short; user_end() then gives back what it got.
bool user_start(user_space *space, reel_region *notes);

// A fresh frame of zeros at `address`, or NULL.
void *user_map(user_space *space, uintptr_t address, unsigned use);

// Every frame and table goes back.
void user_end(user_space *space);

uintptr_t user_satp(const user_space *space);

#endif
