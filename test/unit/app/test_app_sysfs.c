/* SPDX-License-Identifier: BSD-3-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <sysfs.h>

#include "made_tree.h"

static void
test_path(void **state)
{
	char path[SYSFS_PATH_MAX], longest[SYSFS_PATH_MAX];
	(void)state;
	assert_int_equal(sysfs_path(path, "/root", "/a%d", 7), 0);
	assert_string_equal(path, "/root/a7");
	memset(longest, 'x', sizeof(longest));
	longest[SYSFS_PATH_MAX - 1] = '\0';
	assert_int_equal(sysfs_path(path, "", "%s", longest), 0);
	assert_int_equal(sysfs_path(path, "/", "%s", longest), -ENAMETOOLONG);
	assert_int_equal(sysfs_path(path, longest, "x"), -ENAMETOOLONG);
}

static void
test_reading(void **state)
{
	const char *root = *state;
	char text[8];
	made_file(root, "/sys/line", "first line\nsecond\n");
	made_file(root, "/sys/empty", "");
	made_file(root, "/sys/hex", "0x1003\n");
	made_file(root, "/sys/minus", "-1\n");
	made_file(root, "/sys/words", "none\n");
	assert_true(sysfs_line(root, "/sys/line", text, sizeof(text)));
	assert_string_equal(text, "first l");
	assert_false(sysfs_line(root, "/sys/empty", text, sizeof(text)));
	assert_false(sysfs_line(root, "/sys/nothing", text, sizeof(text)));
	assert_false(sysfs_line(root, "/sys", text, sizeof(text)));
	assert_int_equal(sysfs_number(root, "/sys/hex", 5), 0x1003);
	assert_int_equal(sysfs_number(root, "/sys/minus", 5), -1);
	assert_int_equal(sysfs_number(root, "/sys/words", 5), 5);
	assert_int_equal(sysfs_number(root, "/sys/nothing", 5), 5);
}

static void
test_fields(void **state)
{
	const char *root = *state;
	char text[16];
	made_file(root, "/proc/status", "Cap:\t00\nCapEff:\t  0f \nLast: 1");
	assert_true(sysfs_field(root, "/proc/status", "CapEff:", text, sizeof(text)));
	assert_string_equal(text, "0f ");
	assert_true(sysfs_field(root, "/proc/status", "Last:", text, sizeof(text)));
	assert_string_equal(text, "1");
	assert_false(sysfs_field(root, "/proc/status", "apEff:", text, sizeof(text)));
}

static void
test_links(void **state)
{
	const char *root = *state;
	char text[16];
	made_link(root, "/sys/driver", "../../drivers/vfio-pci");
	made_link(root, "/sys/short", "plain");
	assert_true(sysfs_link(root, "/sys/driver", text, sizeof(text)));
	assert_string_equal(text, "vfio-pci");
	assert_true(sysfs_link(root, "/sys/short", text, sizeof(text)));
	assert_string_equal(text, "plain");
	assert_false(sysfs_link(root, "/sys/none", text, sizeof(text)));
	assert_true(sysfs_may(root, "/sys", X_OK));
	assert_false(sysfs_may(root, "/none", F_OK));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_path),
		cmocka_unit_test_setup_teardown(test_reading, made_tree, made_tree_gone),
		cmocka_unit_test_setup_teardown(test_fields, made_tree, made_tree_gone),
		cmocka_unit_test_setup_teardown(test_links, made_tree, made_tree_gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
