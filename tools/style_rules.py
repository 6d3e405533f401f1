# SPDX-License-Identifier: BSD-3-Clause
"""What code must not use, by folder (for check_style.py), and what is allowed all the same.

Tokens are looked for outside of comments and literals; group 1 of a rule's pattern is the token.
"""
import re
from typing import NamedTuple


class Rule(NamedTuple):
    why: str
    where: tuple
    regex: re.Pattern
    but: tuple = ()
    # Functions (by a pattern in their name) that the rule is not about.
    functions: str = ""


class Allowed(NamedTuple):
    path: str
    token: str
    function: str
    reason: str


def calls(*names):
    """Calls of these functions (patterns), not of members or of longer names."""
    return re.compile(r"(?<![\w.>])(" + "|".join(names) + r")\s*\(")


def words(*names):
    return re.compile(r"(?<!\w)(" + "|".join(names) + r")(?!\w)")


OURS = ("lib/*", "app/*", "tools/trafgen/*")
# Tests and tools, too.
EVERYWHERE = ("*",)
LIBS = ("lib/*",)
# What runs for each packet or each poll. Making and freeing tables is not part of it.
PACKET_PATH = ("lib/packet/*", "lib/reassembly/*", "lib/flow/*", "lib/names/*", "lib/cache/*", "lib/relay/*",
               "app/worker*", "app/control*")
NOT_POLLED = r"_(new|free|init|fini|open|close|setup|create|destroy|start|stop|alloc|map|unmap)$"
# The one system call that the path may make: give way when there is nothing to do.
IDLE = NOT_POLLED + r"|_(idle|yield|wait|pause|nap|sleep)$"
NO_EAL = ("lib/base/*", "lib/reassembly/*", "lib/names/*", "lib/stats/*", "lib/cache/*", "lib/config/*", "lib/record/*")

RULES = [
    # House rule 8: libraries return errors, app/ decides and reports.
    Rule("libraries return errors, they do not end the process", LIBS,
         calls("exit", "_exit", "_Exit", "quick_exit", "abort", "rte_exit", "rte_panic", "errx?", "raise")),
    Rule("libraries do not print or log", LIBS,
         calls("v?printf", "v?fprintf", "v?dprintf", "puts", "putchar", "fputs", "fputc", "perror",
               "warnx?", "v?syslog", "rte_log", "RTE_LOG\\w*")),
    Rule("libraries do not print or log", LIBS, words("stdout", "stderr")),
    # House rule 3: C11 atomics with explicit order.
    Rule("no volatile between threads: C11 atomics with explicit order", OURS,
         re.compile(r"(?<!asm )(?<!__asm__ )(?<!\w)(volatile)(?!\w)(?! sig_atomic_t)")),
    Rule("C11 atomics with explicit order", OURS,
         words(r"__sync_\w+", r"__atomic_\w+", r"rte_atomic\w+_t", "memory_order_seq_cst",
               "__ATOMIC_SEQ_CST", "rte_s?mb")),
    Rule("atomics name their order: use the _explicit form", OURS,
         calls("atomic_load", "atomic_store", "atomic_exchange", "atomic_fetch_\\w+(?<!_explicit)",
               "atomic_compare_exchange_(?:weak|strong)", "atomic_thread_fence(?=\\(\\))")),
    # Bounds.
    Rule("no bound", EVERYWHERE, calls("strcpy", "strcat", "sprintf", "vsprintf", "gets", "stpcpy", "alloca", "wcscpy", "wcscat")),
    Rule("not ended by a NUL where it is cut, or a bound that is not the room", EVERYWHERE,
         calls("strncpy", "stpncpy", "strncat")),
    Rule("takes no errors: strtol and kin", OURS, calls("atoi", "atol", "atoll", "atof")),
    # House rule 1: nothing on the packet path logs, allocates, locks or makes a system call.
    Rule("no heap on the packet path", PACKET_PATH, functions=NOT_POLLED,
         regex=calls("malloc", "calloc", "realloc", "reallocarray", "aligned_alloc", "posix_memalign",
                     "free", "strn?dup", "v?asprintf", "rte_[mz]malloc\\w*", "rte_malloc\\w*",
                     "rte_zmalloc\\w*", "rte_calloc\\w*", "rte_realloc\\w*", "rte_free", "mmap", "munmap",
                     "nt_mem_map", "nt_mem_unmap")),
    Rule("no locks on the packet path", PACKET_PATH, functions=NOT_POLLED,
         regex=calls("pthread_\\w+", "sem_\\w+", "mtx_\\w+", "cnd_\\w+", "rte_spinlock_\\w+",
                     "rte_rwlock_\\w+", "rte_ticketlock_\\w+", "flockfile")),
    Rule("no logging on the packet path: count", PACKET_PATH, functions=NOT_POLLED,
         regex=calls("v?f?printf", "fputs", "puts", "fwrite", "v?syslog", "rte_log", "RTE_LOG\\w*", "NT_LOG\\w*")),
    Rule("no system calls on the packet path", PACKET_PATH, functions=IDLE,
         regex=calls("read", "write", "readv", "writev", "pread", "pwrite", "open", "close", "fopen", "fclose",
                     "fflush", "fsync", "ioctl", "poll", "epoll_wait", "select", "send", "sendto", "sendmsg",
                     "recv", "recvfrom", "recvmsg", "nanosleep", "clock_nanosleep", "usleep", "sleep",
                     "sched_yield", "rte_delay_us\\w*", "gettimeofday", "clock_gettime", "time", "getrandom",
                     "syscall")),
    # The layers that build and run without EAL.
    Rule("this layer builds without DPDK", NO_EAL, re.compile(r"#\s*include\s*<(rte_\w+\.h)>")),
    Rule("rings, mbufs and lcores are for relay and app", ("lib/*",), but=("lib/relay/*",),
         regex=re.compile(r"#\s*include\s*<(rte_(?:ring|mbuf|lcore|launch|eal|ethdev|mempool)\w*\.h)>")),
]

# Each with its reason; the list is meant to stay short.
ALLOWED = [
    Allowed("lib/stats/*", r"__atomic_(?:load|store)_n", ".*",
            "counters are plain words of one writer; the builtins give them C11's relaxed order"),
    Allowed("app/worker.c", "poll", ".*", "a function of its own by that name"),
    Allowed("lib/base/*", "nt_mem_map|nt_mem_unmap|mmap|munmap", ".*", "the allocator of big tables itself"),
]
