// Runs a program and stops at each system call that changes a file below a folder: writes down what it did, or kills it there.
// usage: tracer FOLDER LOG POINT PROGRAM [ARGUMENTS]; POINT 0: to the end; else SIGKILL before that call, and exit code 99
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum kind { NONE, CREATE, RESIZE, WRITE, SYNC, RENAME, UNLINK, LINK, MKDIR, RMDIR, UNKNOWN };
enum { PATH = 4096, THREADS = 512, KILLED = 99 };

struct op {
	pid_t thread;
	enum kind kind;
	int64_t offset;
	char path[PATH], other[PATH];
	char *data;
	size_t length;
};

static const char *folder;
static FILE *record;
static struct op pending[THREADS];

static void fail(const char *what) {
	perror(what);
	exit(98);
}

// The calls looked at. Where an architecture lacks one, its programs cannot call it either.
static const int CALLS[] = {
#ifdef SYS_open
	SYS_open, SYS_creat, SYS_rename, SYS_unlink, SYS_link, SYS_mkdir, SYS_rmdir,
#endif
	SYS_renameat, SYS_openat, SYS_write, SYS_pwrite64, SYS_writev, SYS_pwritev, SYS_pwritev2, SYS_ftruncate, SYS_truncate, SYS_fallocate,
	SYS_fsync, SYS_fdatasync, SYS_sync_file_range, SYS_renameat2, SYS_unlinkat, SYS_linkat, SYS_mkdirat, SYS_symlinkat,
	SYS_copy_file_range, SYS_sendfile, SYS_splice, SYS_io_uring_setup,
};
enum { COUNT = sizeof CALLS / sizeof *CALLS };

static void filter(void) {
	struct sock_filter code[COUNT + 3];
	code[0] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (int i = 0; i < COUNT; i++)
		code[i + 1] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CALLS[i], COUNT - i, 0);
	code[COUNT + 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	code[COUNT + 2] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
	struct sock_fprog program = {COUNT + 3, code};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) fail("seccomp");
}

static void readMemory(pid_t thread, uint64_t from, void *to, size_t length) {
	struct iovec here = {to, length}, there = {(void *)from, length};
	if (length > 0 && process_vm_readv(thread, &here, 1, &there, 1, 0) != (ssize_t)length) fail("process_vm_readv");
}

static void linkOf(pid_t thread, const char *what, int fd, char *to) {
	char name[64];
	if (fd < 0) snprintf(name, sizeof name, "/proc/%d/%s", thread, what);
	else snprintf(name, sizeof name, "/proc/%d/%s/%d", thread, what, fd);
	ssize_t length = readlink(name, to, PATH - 1);
	to[length < 0 ? 0 : length] = 0;
}

/** A name as the program gave it, made absolute. */
static void pathAt(pid_t thread, int at, uint64_t address, char *to) {
	char given[PATH];
	size_t i = 0;
	for (; i < PATH - 1; i++) {
		readMemory(thread, address + i, given + i, 1);
		if (given[i] == 0) break;
	}
	given[i] = 0;
	if (given[0] == '/') {
		strcpy(to, given);
		return;
	}
	if (at == AT_FDCWD) linkOf(thread, "cwd", -1, to);
	else linkOf(thread, "fd", at, to);
	strncat(to, "/", PATH - strlen(to) - 1);
	strncat(to, given, PATH - strlen(to) - 1);
}

static int watched(const char *path) {
	size_t length = strlen(folder);
	if (strncmp(path, folder, length) || (path[length] != '/' && path[length] != 0)) return 0;
	return strstr(path, " (deleted)") == NULL;
}

/** Where the next write of a file goes. */
static int64_t positionOf(pid_t thread, uint64_t fd, const char *path) {
	char name[64];
	unsigned flags = 0;
	long long at = 0;
	snprintf(name, sizeof name, "/proc/%d/fdinfo/%d", thread, (int)fd);
	FILE *info = fopen(name, "r");
	if (!info || fscanf(info, "pos: %lld flags: %o", &at, &flags) != 2) fail("fdinfo");
	fclose(info);
	struct stat there;
	return (flags & O_APPEND) && stat(path, &there) == 0 ? there.st_size : at;
}

static void gather(struct op *op, pid_t thread, uint64_t address, uint64_t parts) {
	struct iovec part[parts];
	readMemory(thread, address, part, sizeof part);
	for (uint64_t i = 0; i < parts; i++) op->length += part[i].iov_len;
	op->data = malloc(op->length + 1);
	size_t at = 0;
	for (uint64_t i = 0; i < parts; at += part[i++].iov_len)
		readMemory(thread, (uint64_t)part[i].iov_base, op->data + at, part[i].iov_len);
}

/** A write counts where it is to a file that is watched; its bytes are kept. */
static void write_(struct op *op, pid_t thread, const uint64_t *args, int vector, int placed) {
	linkOf(thread, "fd", (int)args[0], op->path);
	if (!watched(op->path)) return;
	op->kind = WRITE;
	op->offset = placed ? (int64_t)args[3] : positionOf(thread, args[0], op->path);
	if (vector) {
		gather(op, thread, args[1], args[2]);
		return;
	}
	op->length = args[2];
	op->data = malloc(op->length + 1);
	readMemory(thread, args[1], op->data, op->length);
}

static void open_(struct op *op, pid_t thread, int at, uint64_t path, uint64_t flags) {
	if (!(flags & (O_CREAT | O_TRUNC))) return;
	pathAt(thread, at, path, op->path);
	struct stat there;
	int exists = stat(op->path, &there) == 0;
	if (!exists && (flags & O_CREAT)) op->kind = CREATE;
	// Truncated where it is not empty already.
	else if (exists && (flags & O_TRUNC) && !(flags & O_EXCL) && there.st_size > 0) op->kind = RESIZE;
}

static void two(struct op *op, enum kind kind, pid_t thread, int a, uint64_t from, int b, uint64_t to) {
	op->kind = kind;
	pathAt(thread, a, from, op->path);
	pathAt(thread, b, to, op->other);
}

static void one(struct op *op, enum kind kind, pid_t thread, int at, uint64_t path) {
	op->kind = kind;
	pathAt(thread, at, path, op->path);
}

static void file(struct op *op, enum kind kind, pid_t thread, uint64_t fd, int64_t offset) {
	op->kind = kind;
	op->offset = offset;
	linkOf(thread, "fd", (int)fd, op->path);
}

static void names(struct op *op, pid_t t, uint64_t call, const uint64_t *a) {
	switch (call) {
#ifdef SYS_open
	case SYS_open: open_(op, t, AT_FDCWD, a[0], a[1]); break;
	case SYS_creat: open_(op, t, AT_FDCWD, a[0], O_CREAT | O_TRUNC); break;
	case SYS_rename: two(op, RENAME, t, AT_FDCWD, a[0], AT_FDCWD, a[1]); break;
	case SYS_link: two(op, LINK, t, AT_FDCWD, a[0], AT_FDCWD, a[1]); break;
	case SYS_unlink: one(op, UNLINK, t, AT_FDCWD, a[0]); break;
	case SYS_mkdir: one(op, MKDIR, t, AT_FDCWD, a[0]); break;
	case SYS_rmdir: one(op, RMDIR, t, AT_FDCWD, a[0]); break;
#endif
	case SYS_renameat: case SYS_renameat2: two(op, RENAME, t, (int)a[0], a[1], (int)a[2], a[3]); break;
	case SYS_openat: open_(op, t, (int)a[0], a[1], a[2]); break;
	case SYS_linkat: two(op, LINK, t, (int)a[0], a[1], (int)a[2], a[3]); break;
	case SYS_unlinkat: one(op, a[2] & AT_REMOVEDIR ? RMDIR : UNLINK, t, (int)a[0], a[1]); break;
	case SYS_mkdirat: one(op, MKDIR, t, (int)a[0], a[1]); break;
	case SYS_truncate: one(op, RESIZE, t, AT_FDCWD, a[0]); op->offset = (int64_t)a[1]; break;
	case SYS_symlinkat: one(op, UNKNOWN, t, (int)a[1], a[2]); break;
	}
}

static void entered(struct op *op, pid_t t, uint64_t call, const uint64_t *a) {
	switch (call) {
	case SYS_write: write_(op, t, a, 0, 0); break;
	case SYS_pwrite64: write_(op, t, a, 0, 1); break;
	case SYS_writev: write_(op, t, a, 1, 0); break;
	case SYS_pwritev: case SYS_pwritev2: write_(op, t, a, 1, 1); break;
	case SYS_ftruncate: file(op, RESIZE, t, a[0], (int64_t)a[1]); break;
	case SYS_fsync: case SYS_fdatasync: file(op, SYNC, t, a[0], 0); break;
	case SYS_fallocate: case SYS_sync_file_range: file(op, UNKNOWN, t, a[0], 0); break;
	case SYS_copy_file_range: case SYS_splice: file(op, UNKNOWN, t, a[2], 0); break;
	case SYS_sendfile: file(op, UNKNOWN, t, a[0], 0); break;
	case SYS_io_uring_setup: break;
	default: names(op, t, call, a);
	}
	if (op->kind != NONE && !watched(op->path) && !watched(op->other)) op->kind = NONE;
}

static void put(const void *bytes, size_t length) {
	if (length > 0 && fwrite(bytes, length, 1, record) != 1) fail("log");
}

/** What it came to: kind, the call's result, offset or size, two names, bytes. */
static void left(struct op *op, int64_t result) {
	if (record) {
		int64_t numbers[3] = {op->kind, result, op->offset};
		uint32_t lengths[3] = {(uint32_t)strlen(op->path), (uint32_t)strlen(op->other), (uint32_t)op->length};
		put(numbers, sizeof numbers);
		put(lengths, sizeof lengths);
		put(op->path, lengths[0]);
		put(op->other, lengths[1]);
		put(op->data, lengths[2]);
	}
	free(op->data);
	memset(op, 0, sizeof *op);
}

static struct op *opOf(pid_t thread) {
	for (int i = 0; i < THREADS; i++)
		if (pending[i].thread == thread) return &pending[i];
	return NULL;
}

static long points = 0;

/** True where the call's end is of interest. */
static int onEntry(pid_t thread, pid_t program, long last) {
	struct __ptrace_syscall_info info;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) < 0) return 0;
	struct op *op = opOf(0);
	if (!op) fail("threads");
	op->thread = thread;
	entered(op, thread, info.seccomp.nr, (const uint64_t *)info.seccomp.args);
	if (op->kind == NONE) {
		free(op->data);
		memset(op, 0, sizeof *op);
		return 0;
	}
	if (++points == last) kill(program, SIGKILL);
	return 1;
}

static void onExit(pid_t thread) {
	struct __ptrace_syscall_info info;
	struct op *op = opOf(thread);
	if (op && ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) >= 0) left(op, info.exit.rval);
}

static pid_t start(char **words) {
	pid_t program = fork();
	if (program == 0) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		filter();
		execvp(words[0], words);
		fail(words[0]);
	}
	int status;
	waitpid(program, &status, 0);
	long options = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
		PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
	if (ptrace(PTRACE_SETOPTIONS, program, 0, options) < 0) fail("ptrace");
	ptrace(PTRACE_CONT, program, 0, 0);
	return program;
}

/** How a thread goes on after a stop. */
static void resume(pid_t thread, int status, pid_t program, long last) {
	int signal = WSTOPSIG(status), event = status >> 16;
	if (event == PTRACE_EVENT_SECCOMP) {
		int both = onEntry(thread, program, last);
		ptrace(both ? PTRACE_SYSCALL : PTRACE_CONT, thread, 0, 0);
		return;
	}
	if (signal == (SIGTRAP | 0x80)) onExit(thread);
	int ours = event != 0 || signal == (SIGTRAP | 0x80) || signal == SIGSTOP;
	ptrace(PTRACE_CONT, thread, 0, ours ? 0 : signal);
}

int main(int count, char **words) {
	if (count < 5) return 64;
	folder = words[1];
	if (strcmp(words[2], "-") && !(record = fopen(words[2], "w"))) fail(words[2]);
	long last = atol(words[3]);
	pid_t program = start(words + 4), thread;
	int status, code = 98;
	while ((thread = waitpid(-1, &status, __WALL)) > 0) {
		if (WIFSTOPPED(status)) resume(thread, status, program, last);
		else if (thread == program) code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
	if (record && fclose(record)) fail("log");
	return last > 0 && points >= last ? KILLED : code;
}
