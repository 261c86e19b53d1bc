// SPDX-License-Identifier: MIT
/// Commit by page tables: for kernels on RISC-V (Sv39 and Sv48) and AArch64 (39
/// and 48 bits of address, 4 KiB pages). What is not committed faults on every
/// core.
///
///     root          1 GiB each      2 MiB each      4 KiB each
///      | entry | --> | entry | ----> | entry | ----> frame
///
/// Frames for pages and for tables come out of one block pool and go back to
/// it. A range begins where an entry of the root does and has those entries for
/// itself. So no table is shared, none is searched for, and how many frames a
/// frontier takes follows from its height.
///
/// A commit first takes all frames that it needs, then maps them. A decommit
/// first hides entries, then has every core forget them, then gives frames
/// back. Both are linear in pages.

#ifndef REEL_PORT_MMU_H
#define REEL_PORT_MMU_H

#include "reel/blocks.h"
#include "reel/pages.h"

#ifdef __cplusplus
extern "C" {
#endif

#define REEL_MMU_PAGE ((size_t)4096)

/// What ranges of one address space have in common. The kernel's, kept for as
/// long as any of them is used.
typedef struct reel_mmu_space {
    uint64_t *root;      // the table that satp or TTBR points to
    unsigned levels;     // 3: 39 bits of address; 4: 48
    reel_blocks *frames; // of REEL_MMU_PAGE bytes, aligned to them
    uintptr_t offset;    // a frame's address less its physical address
    /// Flush the translations of [start, start + size) on all other cores, and
    /// return when that is done: by an interrupt to each, or by reel_sbi_forget of
    /// port/riscv/sbi.h. NULL if there is no other core, and on AArch64, whose
    /// hardware does it. It must not wait for a thread that commits.
    void (*forget)(uintptr_t start, size_t size);
} reel_mmu_space;

/// Owned by the caller, who only reads it. A temp takes `pages`.
typedef struct reel_mmu {
    reel_pages pages;
    const reel_mmu_space *space;
    uintptr_t base;
    size_t size;     // bytes
    size_t frontier; // bytes committed
} reel_mmu;

/// Take a range of address space; nothing of it is committed.
///
///   space    its root is active wherever the range is used
///   start    aligned to what an entry of the root covers: 1 GiB with 3 levels,
///            512 GiB with 4; not 0
///   size     bytes, whole pages, within one half of the address space. Other
///            code must not write to its entries of the root.
///
/// Returns  REEL_OK; REEL_INVALID for a range that this cannot cover or that
///          has something mapped, and for frames that are no pages;
///          REEL_PORT_FAILED where this core translates no addresses or with
///          other levels. On failure nothing has changed.
/// Cost     linear in the entries of the root that it touches
/// Callers  threads only
reel_status reel_mmu_init(reel_mmu *mmu, const reel_mmu_space *space,
                          void *start, size_t size);

/// Tell how many frames a range has out of the pool, tables included.
///
/// Returns  the number.
/// Callers  owner
size_t reel_mmu_frames(const reel_mmu *mmu);

#ifdef __cplusplus
}
#endif

#endif
