#pragma once

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

namespace io_test {

/// Runs `work` in a process of its own, which ends with what it returns.
template <class Work>
::pid_t in_child(Work&& work) {
    const ::pid_t child = ::fork();
    if (child == 0) ::_exit(work());
    return child;
}

/// Waits for a process to end; how it did, as WIFEXITED() and its kin read it.
inline int status_of(::pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
}

}  // namespace io_test
