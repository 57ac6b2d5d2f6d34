//! Measures how much memory a server uses, and how long two talking people wait, while other clients request
//! much and read nothing, or guess passwords. The server is started here, with its default limits for everyone
//! except the two who talk, who must not be slowed.

mod client;
mod guessers;
mod pair;
mod requesters;

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use clap::{Args, ValueEnum};

use self::{
    guessers::Guessers,
    pair::{Pair, Waits},
    requesters::Requesters,
};
use crate::{
    compare::{GENERATOR_CORE, SERVER_CORE, server::Contestant},
    error::Error,
    measure::{self, Process},
    output,
};

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
    /// To sign in, each with another wrong password.
    Password,
}

/// Options of `abuse`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The parlad binary.
    #[arg(long)]
    parlad: PathBuf,
    /// From how many addresses hostile clients come: 31 from each, or 4 if they guess passwords.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=250))]
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
    output::progress("hostile clients connect");
    let mut hostile = Hostile::connect(server.address, options)?;
    // After this, everyone may send a burst again.
    thread::sleep(REST);
    let before = process.memory()?.rss;
    output::progress("they begin");
    let (meanwhile, most) = watch(process, || hostile.act_while(&mut pair, window))?;
    drop(hostile);
    let after = pair.talk(window)?;
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

/// The clients that make trouble.
enum Hostile {
    Requesters(Requesters),
    Guessers(Guessers),
}

impl Hostile {
    fn connect(server: SocketAddr, options: &Options) -> Result<Self, Error> {
        let Options { addresses, question, .. } = *options;
        let hostile = match question {
            HostileCommand::Password => Self::Guessers(Guessers::connect(server, addresses)?),
            _ => Self::Requesters(Requesters::connect(server, addresses, question)?),
        };
        let count = match &hostile {
            Self::Requesters(requesters) => requesters.count(),
            Self::Guessers(guessers) => guessers.count(),
        };
        output::say(format!("{count} hostile connections from {addresses} addresses, {question:?}"))?;
        Ok(hostile)
    }

    /// Begins, and lets the pair talk meanwhile.
    fn act_while(&mut self, pair: &mut Pair, window: Duration) -> Result<Waits, Error> {
        match self {
            Self::Requesters(requesters) => {
                requesters.ask()?;
                pair.talk(window)
            }
            Self::Guessers(guessers) => thread::scope(|scope| {
                let guessing = scope.spawn(|| guessers.guess());
                let waits = pair.talk(window)?;
                let answers =
                    guessing.join().unwrap_or(Err(Error::Settings("the thread that guesses failed")))?;
                output::say(answers.to_string())?;
                Ok(waits)
            }),
        }
    }
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
