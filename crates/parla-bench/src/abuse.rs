//! Measures how much memory a server uses, and how long two talking people wait, while other clients request
//! much and read nothing. The server is started here, with its default limits for everyone except the two who
//! talk, who must not be slowed.

mod client;
mod pair;

use std::{
    net::Ipv4Addr,
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use clap::{Args, ValueEnum};

use self::{client::Client, pair::Pair};
use crate::{
    compare::{GENERATOR_CORE, SERVER_CORE, server::Contestant},
    error::Error,
    measure::{self, Process},
    output,
};

/// The connections that one address may have open, minus one for somebody who wants to look.
const CONNECTIONS_PER_ADDRESS: usize = 31;

/// How long hostile clients rest before they send requests: a burst of 20 commands is restored at 4 per
/// second.
const REST: Duration = Duration::from_secs(6);

/// What hostile clients ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum HostileCommand {
    /// All rooms; each client has made 40 with long topics.
    List,
    /// Everyone; 1,200 people are there.
    Who,
    /// The names of the people in a room of 1,200, of which each client asks 20 times in a line.
    Names,
}

/// Options of `abuse`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The parlad binary.
    #[arg(long)]
    parlad: PathBuf,
    /// From how many addresses hostile clients come, 31 from each.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=100))]
    addresses: u8,
    /// What they ask for.
    #[arg(long, value_enum, default_value = "list")]
    question: HostileCommand,
    /// Seconds for which the two talk: before, meanwhile and afterwards.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Where the server's data directory is made.
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    dir: PathBuf,
}

/// Runs the measurement and prints the result.
pub(crate) fn run(options: &Options) -> Result<(), Error> {
    measure::allow_open_files(8_000)?;
    // The clocks of two cores may differ by more than the time that a message takes.
    measure::pin_myself(GENERATOR_CORE)?;
    let server = Contestant::LimitedParlad(options.parlad.clone()).start(&options.dir)?;
    let process = server.process;
    process.pin(SERVER_CORE)?;
    let window = Duration::from_secs(options.seconds);
    let mut pair = Pair::meet(server.address)?;
    let quiet = pair.talk(window)?;
    let mut people = Vec::new();
    if options.question != HostileCommand::List {
        // These come from the address without limits.
        for number in 0..1_200 {
            let mut client = Client::connect(server.address, Ipv4Addr::LOCALHOST)?;
            client.register(&format!("guest{number}"))?;
            client.say("JOIN #crowd\r\n")?;
            people.push(client);
        }
    }
    output::progress("hostile clients connect");
    let mut hostile = Vec::new();
    for address in 0..options.addresses {
        for number in 0..CONNECTIONS_PER_ADDRESS {
            let mut client = Client::connect(server.address, Ipv4Addr::new(127, 0, 1, address + 1))?;
            client.register(&format!("h{address}x{number}"))?;
            hostile.push(client);
        }
    }
    if options.question == HostileCommand::List {
        hostile.iter_mut().enumerate().try_for_each(|(number, client)| client.ask_for_rooms(number))?;
    }
    hostile.iter_mut().try_for_each(Client::wait_until_done)?;
    people.iter_mut().try_for_each(Client::wait_until_done)?;
    // After this, everyone may send a burst again.
    thread::sleep(REST);
    let before = process.memory()?.rss;
    let question = match options.question {
        HostileCommand::List => "LIST\r\n".repeat(20),
        HostileCommand::Who => "WHO *\r\n".repeat(20),
        HostileCommand::Names => "NAMES #crowd\r\n".repeat(20),
    };
    output::progress("they ask and read nothing");
    hostile.iter_mut().try_for_each(|client| client.say(&question))?;
    let (meanwhile, most) = watch(process, || pair.talk(window))?;
    drop(hostile);
    let after = pair.talk(window)?;
    output::say(format!(
        "{} hostile connections from {} addresses, {:?}",
        options.addresses as usize * CONNECTIONS_PER_ADDRESS,
        options.addresses,
        options.question,
    ))?;
    output::say(format!(
        "memory: {:.1} MB before, at most {:.1} MB more meanwhile",
        before as f64 / 1e6,
        most.saturating_sub(before) as f64 / 1e6
    ))?;
    for (when, waits) in [("before", quiet), ("meanwhile", meanwhile), ("afterwards", after)] {
        output::say(format!("a message takes, {when}: {waits}"))?;
    }
    Ok(())
}

/// Does something, and returns its result with the most memory that the process had in the meantime.
fn watch<T>(process: Process, act: impl FnOnce() -> Result<T, Error>) -> Result<(T, u64), Error> {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut most = 0;
            while !is_over.load(Ordering::Relaxed) {
                most = most.max(process.memory()?.rss);
                thread::sleep(Duration::from_millis(20));
            }
            Ok(most)
        });
        let done = act();
        is_over.store(true, Ordering::Relaxed);
        let most = watcher.join().unwrap_or(Err(Error::Settings("the thread that reads memory failed")))?;
        Ok((done?, most))
    })
}
