/** Stands in for `electron` in engine tests: nothing there may reach it, so touching it is a failure, not a mock. */
throw new Error('This test imported electron. Only src/main/desktop may; test that through the Electron double.')
