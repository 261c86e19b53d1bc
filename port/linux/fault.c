// SPDX-License-Identifier: MIT
// A kprobe on page_fault_oops(regs, error_code, address), which still has the
// address: when a die notifier runs, CR2 is no longer that of the fault, since
// the oops itself reads memory.

#include <linux/kprobes.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>

#include "reel_linux.h"

static LIST_HEAD(reports);
static DEFINE_MUTEX(reports_mutex);

static int on_fault(struct kprobe *probe, struct pt_regs *regs)
{
    const void *const address = (const void *)regs->dx;
    const reel_linux_report *report;
    (void)probe;
    list_for_each_entry_rcu (report, &reports, list) {
        size_t offset = 0;
        const reel_temp_state state =
            reel_temp_locate(report->temp, address, &offset);
        if (state != REEL_TEMP_ELSEWHERE) {
            pr_emerg("reel: fault: %px is %s + %zu: %s\n", address,
                     report->name, offset, reel_temp_state_name(state));
        }
    }
    return 0;
}

static struct kprobe probe = { .symbol_name = "page_fault_oops",
                               .pre_handler = on_fault };

static bool start(void)
{
    probe.addr = NULL; // found by the name, each time
    probe.flags = 0;
    return register_kprobe(&probe) == 0;
}

reel_status reel_linux_report_faults(reel_linux_report *report)
{
    reel_status status = REEL_OK;
    mutex_lock(&reports_mutex);
    if (list_empty(&reports) && !start()) {
        status = REEL_UNSUPPORTED;
    } else {
        list_add_rcu(&report->list, &reports);
    }
    mutex_unlock(&reports_mutex);
    return status;
}

void reel_linux_report_no_faults(reel_linux_report *report)
{
    mutex_lock(&reports_mutex);
    list_del_rcu(&report->list);
    if (list_empty(&reports)) {
        unregister_kprobe(&probe);
    }
    mutex_unlock(&reports_mutex);
    synchronize_rcu();
}
