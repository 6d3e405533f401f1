/* SPDX-License-Identifier: BSD-3-Clause */
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <nt_log.h>
#include <nt_snapshot.h>

#include "preflight_priv.h"
#include "runtime_dir.h"

/* A relative path is the caller's own. */
static const char *
root_of(const struct preflight *p, const char *path)
{
	return path[0] == '/' ? p->root : "";
}

static void
go_up(char path[SYSFS_PATH_MAX])
{
	char *slash = strrchr(path, '/');
	if (slash == NULL)
		(void)snprintf(path, SYSFS_PATH_MAX, ".");
	else
		slash[slash == path] = '\0';
}

/* The directory that a path lies in. */
static void
parent(const char *path, char out[SYSFS_PATH_MAX])
{
	(void)snprintf(out, SYSFS_PATH_MAX, "%s", path);
	go_up(out);
}

static bool
is_dir(const char *root, const char *path)
{
	char full[SYSFS_PATH_MAX];
	struct stat st;
	return sysfs_path(full, root, "%s", path) == 0 && stat(full, &st) == 0 &&
	       S_ISDIR(st.st_mode);
}

/* The longest part of a path that is there, below the root. */
static void
nearest(const char *root, const char *path, char out[SYSFS_PATH_MAX])
{
	char full[SYSFS_PATH_MAX];
	if (sysfs_path(full, root, "%s", path) != 0)
		full[0] = '\0';
	while (access(full, F_OK) != 0 && strlen(full) > 1)
		go_up(full);
	char *real = realpath(full, NULL);
	(void)snprintf(out, SYSFS_PATH_MAX, "%s", real != NULL ? real : full);
	free(real);
}

/* What the file system of a directory is mounted on; the directory where the kernel does not say.
 */
static void
mount_point(char path[SYSFS_PATH_MAX])
{
	char at[SYSFS_PATH_MAX];
	struct statx st;
	(void)snprintf(at, sizeof(at), "%s", path);
	for (;;) {
		if (statx(AT_FDCWD, at, 0, 0, &st) != 0 ||
			(st.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) == 0)
			return;
		if ((st.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0 || strlen(at) < 2)
			break;
		go_up(at);
	}
	(void)snprintf(path, SYSFS_PATH_MAX, "%s", at);
}

/* What the kernel shows of itself takes no files, whoever asks. */
static bool
is_kernels(const char *path)
{
	static const unsigned long types[] = { PROC_SUPER_MAGIC, SYSFS_MAGIC, CGROUP_SUPER_MAGIC,
		CGROUP2_SUPER_MAGIC };
	struct statfs fs;
	if (statfs(path, &fs) != 0)
		return false;
	for (unsigned int i = 0; i < NT_ARRAY_SIZE(types); i++)
		if ((unsigned long)fs.f_type == types[i])
			return true;
	return false;
}

/* No right mends it; true when that was told. other: what does, where the kernel is in the way. */
static bool
takes_no_files(struct preflight *p, const char *what, const char *dir, const char *other)
{
	char at[SYSFS_PATH_MAX];
	nearest(root_of(p, dir), dir, at);
	if (is_kernels(at)) {
		preflight_error(p, "%s: no files can be made in %s", what, dir);
		preflight_todo(p, "%s", other);
		return true;
	}
	if (access(at, W_OK) == 0 || errno != EROFS)
		return false;
	mount_point(at);
	preflight_error(p, "%s: %s is on a file system that is read-only", what, dir);
	preflight_todo(p, "mount -o remount,rw %s (a service: ReadWritePaths=%s)", at, dir);
	return true;
}

static void
check_logs(struct preflight *p, const char *dir)
{
	char path[SYSFS_PATH_MAX], user[64];
	for (unsigned int k = 0; k < NT_LOG_KINDS; k++) {
		const char *name = nt_log_path((enum nt_log_kind)k);
		(void)snprintf(path, sizeof(path), "%s/%s.log", dir, name);
		if (!sysfs_may(root_of(p, path), path, F_OK) ||
			sysfs_may(root_of(p, path), path, W_OK))
			continue;
		preflight_error(p, "run.dir: no right to write %s", path);
		preflight_todo(p, "chown %s %s", preflight_user(user), path);
	}
}

/* Can files be made there? what: the key. */
static void
check_dir(struct preflight *p, const char *what, const char *dir)
{
	const char *root = root_of(p, dir);
	char user[64];
	if (is_dir(root, dir)) {
		if (sysfs_may(root, dir, W_OK | X_OK))
			return;
		preflight_error(p, "%s: no right to write to %s", what, dir);
		preflight_todo(p, "chown %s %s", preflight_user(user), dir);
	} else if (sysfs_may(root, dir, F_OK)) {
		preflight_error(p, "%s: %s is no directory", what, dir);
		preflight_todo(p, "mv %s %s.old && install -d -o %s %s", dir, dir,
			preflight_user(user), dir);
	} else {
		preflight_error(p, "%s: there is no directory %s", what, dir);
		preflight_todo(p, "install -d -o %s %s", preflight_user(user), dir);
	}
}

static void
check_run_dir(struct preflight *p)
{
	const char *dir = p->config->run.dir.text;
	char above[SYSFS_PATH_MAX];
	parent(dir, above);
	if (takes_no_files(p, "run.dir", dir, "--set run.dir=/var/log/nametap"))
		return;
	/* The sensor makes the last part itself. */
	if (!sysfs_may(root_of(p, dir), dir, F_OK) && is_dir(root_of(p, above), above) &&
		sysfs_may(root_of(p, above), above, W_OK | X_OK))
		return;
	check_dir(p, "run.dir", dir);
	check_logs(p, dir);
}

/* By its name, for it may be made yet. */
static bool
is_log(const struct preflight *p, const char *path)
{
	const char *run_dir = p->config->run.dir.text;
	const char *slash = strrchr(path, '/'), *base = slash == NULL ? path : slash + 1;
	char dir[SYSFS_PATH_MAX], full[SYSFS_PATH_MAX], name[64];
	struct stat of_logs, of_path;
	parent(path, dir);
	if (sysfs_path(full, root_of(p, run_dir), "%s", run_dir) != 0)
		return false;
	bool same = strcmp(dir, run_dir) == 0;
	if (!same && stat(full, &of_logs) == 0 &&
		sysfs_path(full, root_of(p, dir), "%s", dir) == 0 && stat(full, &of_path) == 0)
		same = of_logs.st_dev == of_path.st_dev && of_logs.st_ino == of_path.st_ino;
	for (unsigned int k = 0; same && k < NT_LOG_KINDS; k++) {
		(void)snprintf(name, sizeof(name), "%s.log", nt_log_path((enum nt_log_kind)k));
		if (strcmp(base, name) == 0)
			return true;
	}
	return false;
}

/* Nothing but a snapshot is ever replaced by one. */
static void
check_replaceable(struct preflight *p, const char *path, const char *dir)
{
	char full[SYSFS_PATH_MAX];
	if (sysfs_path(full, root_of(p, path), "%s", path) != 0)
		return;
	const int place = nt_snapshot_place(full);
	if (place != NT_SNAPSHOT_PLACE_FOREIGN && place != NT_SNAPSHOT_PLACE_NO_FILE)
		return;
	preflight_error(p, "run.snapshot: %s would be replaced, but %s", path,
		nt_snapshot_place_text(place));
	preflight_todo(p, "--set run.snapshot=%s/names.snapshot", dir);
}

static void
check_snapshot(struct preflight *p)
{
	const char *path = p->config->run.snapshot.text;
	char dir[SYSFS_PATH_MAX], user[64];
	if (path[0] == '\0')
		return;
	parent(path, dir);
	/* that one may be made yet */
	if (strcmp(dir, p->config->run.dir.text) != 0 &&
		!takes_no_files(p, "run.snapshot", dir,
			"--set run.snapshot=/var/log/nametap/names.snapshot"))
		check_dir(p, "run.snapshot", dir);
	if (is_dir(root_of(p, path), path)) {
		preflight_error(p, "run.snapshot: %s is a directory", path);
		preflight_todo(p, "--set run.snapshot=%s/names.snapshot", path);
	} else if (is_log(p, path)) {
		preflight_error(p, "run.snapshot: %s is one of the logs", path);
		preflight_todo(p, "--set run.snapshot=%s/names.snapshot", dir);
	} else if (sysfs_may(root_of(p, path), path, F_OK) &&
		   !sysfs_may(root_of(p, path), path, R_OK)) {
		preflight_error(p, "run.snapshot: no right to read %s", path);
		preflight_todo(p, "chown %s %s", preflight_user(user), path);
	} else {
		check_replaceable(p, path, dir);
	}
}

/* Who has EAL's lock of this prefix; 0: nobody. */
static int
prefix_owner(const struct preflight *p, const char *prefix)
{
	char path[SYSFS_PATH_MAX];
	if (sysfs_path(path, p->root, "%s/dpdk/%s/config", runtime_dir(), prefix) != 0)
		return 0;
	const int fd = open(path, O_RDWR | O_CLOEXEC);
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	if (fd < 0)
		return 0;
	const bool held = fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
	close(fd);
	return held ? (int)lock.l_pid : 0;
}

static void
check_runtime_dir(struct preflight *p)
{
	const char *base = runtime_dir();
	char dir[SYSFS_PATH_MAX], user[64];
	(void)snprintf(dir, sizeof(dir), "%s/dpdk", base);
	const char *there = is_dir(p->root, dir) ? dir : base;
	if (takes_no_files(p, "DPDK's runtime directory", there,
		    "RUNTIME_DIRECTORY=/run/nametap nametap run ..."))
		return;
	if (!is_dir(p->root, there) || !sysfs_may(p->root, there, W_OK | X_OK)) {
		preflight_error(p, "DPDK's runtime directory: no right to write to %s", there);
		preflight_todo(p, "install -d -o %s %s", preflight_user(user), dir);
		return;
	}
	const char *given = preflight_eal(p, "--file-prefix");
	const char *prefix = given != NULL ? given : p->config->run.prefix.text;
	const int pid = prefix_owner(p, prefix);
	if (pid == 0)
		return;
	preflight_error(p, "run.prefix: %s is in use by process %d", prefix, pid);
	preflight_todo(p, "--set run.prefix=%.29s-2 (or stop that process)", prefix);
}

void
preflight_files(struct preflight *p)
{
	check_run_dir(p);
	check_snapshot(p);
	if (preflight_eal(p, "--in-memory") == NULL && preflight_eal(p, "--no-shconf") == NULL)
		check_runtime_dir(p);
}
