// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "host/report.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdio.h>
#include <string.h>

#define LONGEST_COMMAND 4096

// Of a file that may be loaded anywhere, debug information has the distance from its
// start.
static uintptr_t address_in_file(const Dl_info *file, uintptr_t address)
{
    const ElfW(Ehdr) *const head = file->dli_fbase;
    return head->e_type == ET_DYN ? address - (uintptr_t)head : address;
}

// addr2line says who a function was inlined by.
static void drop_remark(char *line)
{
    const char *const remark = " (inlined by) ";
    const size_t length = strlen(remark);
    if (strncmp(line, remark, length) == 0) {
        memmove(line, line + length, strlen(line + length) + 1);
    }
}

// The first line of the command's output that is not one of reel's headers: what they
// inline comes ahead of the function that it is inlined into.
static bool read_line(const char *command, char *text, size_t size)
{
    FILE *const output = popen(command, "r");
    bool is_read = false;
    while (output != NULL && !is_read
           && fgets(text, (int)size, output) != NULL) {
        is_read = strstr(text, "include/reel/") == NULL;
    }
    if (output != NULL) {
        (void)pclose(output);
    }
    if (is_read) {
        text[strcspn(text, "\n")] = '\0';
        drop_remark(text);
    }
    return is_read && strstr(text, "??") == NULL;
}

// /proc/self/exe would be addr2line's own.
bool reel_host_line(const void *caller, char *text, size_t size)
{
    const uintptr_t address = (uintptr_t)caller - 2; // in the call
    char command[LONGEST_COMMAND];
    Dl_info file;
    if (caller != NULL && dladdr(caller, &file) != 0
        && snprintf(command, sizeof command, "addr2line -fpie '%s' %#lx",
                    file.dli_fname,
                    (unsigned long)address_in_file(&file, address))
               < (int)sizeof command
        && read_line(command, text, size)) {
        return true;
    }
    (void)snprintf(text, size, "%#lx", (unsigned long)address);
    return false;
}

static void write_to_stderr(void *context, const char *text)
{
    (void)context;
    (void)fputs(text, stderr);
}

void reel_host_report(const reel_incident *report)
{
    char line[512];
    reel_report_write(report, write_to_stderr, NULL);
    if (reel_host_line(report->caller, line, sizeof line)) {
        (void)fprintf(stderr, "    called in %s\n", line);
    }
}
