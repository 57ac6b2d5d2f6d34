//! Measurements of a process from `/proc`: the CPU time of all its threads, and its memory. Also puts a
//! process on a core. Linux only. See proc(5).

use std::{fs, str::FromStr, time::Duration};

use rustix::{
    process::{self, Pid, Resource, Rlimit},
    thread::{CpuSet, sched_setaffinity},
};

use crate::error::{Error, cannot};

/// A process that can be measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Process {
    pid: Pid,
}

/// Memory of a process, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Memory {
    /// Resident set: all pages of the process that are in memory.
    pub(crate) rss: u64,
    /// Proportional set: shared pages are divided among the processes that share them.
    pub(crate) pss: u64,
}

impl FromStr for Process {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let pid = text.parse().ok().filter(|pid| *pid > 0).and_then(Pid::from_raw);
        Ok(Self { pid: pid.ok_or("expected the number of a process")? })
    }
}

impl Process {
    /// The process of a child.
    pub(crate) fn of_child(child: &std::process::Child) -> Self {
        Self { pid: Pid::from_child(child) }
    }

    /// This process.
    pub(crate) fn myself() -> Self {
        Self { pid: process::getpid() }
    }

    /// The process id.
    pub(crate) fn pid(self) -> Pid {
        self.pid
    }

    /// The user and system time of all its threads, including those that have ended. Precise to one tick (10
    /// ms).
    pub(crate) fn cpu(self) -> Result<Duration, Error> {
        let ticks = parse_stat(&self.read("stat")?).ok_or(self.unreadable("the CPU time"))?;
        Ok(Duration::from_millis(ticks.saturating_mul(1000) / rustix::param::clock_ticks_per_second()))
    }

    /// The memory that the process has now.
    pub(crate) fn memory(self) -> Result<Memory, Error> {
        parse_rollup(&self.read("smaps_rollup")?).ok_or(self.unreadable("the memory"))
    }

    /// Restricts all its present threads to one core.
    pub(crate) fn pin(self, core: usize) -> Result<(), Error> {
        let threads = format!("/proc/{}/task", self.pid.as_raw_pid());
        for thread in fs::read_dir(threads).map_err(cannot("list the threads of a process"))?.flatten() {
            let thread: Result<Self, _> = thread.file_name().to_string_lossy().parse();
            let thread = thread.map_err(|_| self.unreadable("the threads"))?;
            sched_setaffinity(Some(thread.pid), &only(core)).map_err(cannot("pin a process to a core"))?;
        }
        Ok(())
    }

    fn read(self, file: &str) -> Result<String, Error> {
        let path = format!("/proc/{}/{file}", self.pid.as_raw_pid());
        fs::read_to_string(path).map_err(cannot("read a file below /proc"))
    }

    fn unreadable(self, what: &'static str) -> Error {
        Error::Proc { what, pid: self.pid.as_raw_pid() }
    }
}

/// Restricts this thread, and the processes that it starts from now on, to one core.
pub(crate) fn pin_myself(core: usize) -> Result<(), Error> {
    sched_setaffinity(None, &only(core)).map_err(cannot("pin this process to a core"))
}

/// Allows this process, and those that it starts, to open at least `wanted` files.
pub(crate) fn allow_open_files(wanted: u64) -> Result<(), Error> {
    let limit = process::getrlimit(Resource::Nofile);
    let maximum = limit.maximum.map(|maximum| maximum.max(wanted));
    let new = Rlimit { current: maximum.or(Some(wanted)), maximum };
    process::setrlimit(Resource::Nofile, new).map_err(cannot("raise the limit of open files"))
}

fn only(core: usize) -> CpuSet {
    let mut cores = CpuSet::new();
    cores.set(core);
    cores
}

/// `utime` + `stime` of `/proc/PID/stat`, in ticks. The second field, the name, may contain spaces and
/// parentheses.
fn parse_stat(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(") ")?;
    // The first field after the name is the third of the line; utime is the 14th.
    let mut fields = fields.split(' ').skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

fn parse_rollup(rollup: &str) -> Option<Memory> {
    let bytes = |name: &str| -> Option<u64> {
        let value = rollup.lines().find_map(|line| line.strip_prefix(name))?;
        Some(value.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
    };
    Some(Memory { rss: bytes("Rss:")?, pss: bytes("Pss:")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const REST: &str = "S 1 2 3 0 -1 4194304 5 6 7 8 250 750 11 12 20 0 3 0 100 1 2";

    #[test]
    fn cpu_time_is_found_behind_any_name() {
        for name in ["parlad", "a b", "a) S 1 (b", ") ", "((("] {
            assert_eq!(parse_stat(&format!("7 ({name}) {REST}\n")), Some(1000), "{name}");
        }
        assert_eq!(parse_stat("7 (parlad) S 1 2"), None);
        assert_eq!(parse_stat(""), None);
    }

    #[test]
    fn memory_is_read_from_a_rollup() {
        let rollup = "55d-7ff ---p 00000000 00:00 0   [rollup]\nRss:       1234 kB\nPss:        999 kB\nPss_Dirty: 1 kB\n";
        assert_eq!(parse_rollup(rollup), Some(Memory { rss: 1234 * 1024, pss: 999 * 1024 }));
        assert_eq!(parse_rollup("Rss: 12 kB\n"), None);
    }

    #[test]
    fn this_process_can_be_measured() {
        let myself = Process::myself();
        assert!(myself.memory().unwrap().rss > 0);
        assert!(myself.cpu().unwrap() < Duration::from_secs(3600));
    }

    #[test]
    fn a_pid_is_a_positive_number() {
        assert!("12".parse::<Process>().is_ok());
        assert!("0".parse::<Process>().is_err());
        assert!("-1".parse::<Process>().is_err());
    }
}
