//! The simulator: runs a whole network of random clients from a seed, and checks every promise at every step.
//!
//! Clients, clocks, logs and crashes are models; the server and its store are real. The same seed always
//! makes the same run.

mod accounts;
mod actions;
mod checkers;
mod client;
mod crowd;
mod disk;
mod doors;
mod machine;
mod people;
mod phrases;
mod projection;
mod rank;
mod replay;
mod rng;
mod shared_log;
mod store;
mod trace;
mod world;

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::Duration,
};

use parla_proto::{Casemapping, ChannelName, Mask};
use parla_server::{
    AccountSettings, AlwaysOn, ConnectionId, Disconnect, Peer, RegistrationSettings, Settings,
    settings::{Flood, Operator, Privileges},
};

use self::{
    actions::Actions,
    checkers::{Checked, Finding},
    client::Sent,
    disk::Disk,
    people::script,
    rng::Rng,
    trace::Trace,
    world::{Fate, OPERATOR, Order, World},
};
pub use self::{replay::replay, world::Summary};

/// The maximum number of machines on one log.
const MACHINES_MAX: usize = 5;

/// Among this many runs with several machines, one stores its data in files.
const FILES_EVERY: u64 = 20;

/// How many events the report of a failure has.
const EVENTS_SHOWN: usize = 30;

/// The options of a run.
#[derive(Clone, Debug)]
pub struct Options {
    /// The number of steps.
    pub steps: usize,
    /// The number of servers on one log. A single server runs without a log in half of the runs.
    pub servers: usize,
    /// How many of the last events a failure shows.
    pub events_shown: usize,
    /// Checkers of single lines whose findings are counted but do not end the run.
    pub passed_over: Vec<String>,
    /// Whether people have accounts. Such runs are other runs than those without.
    pub people: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { steps: 3_000, servers: 1, events_shown: EVENTS_SHOWN, passed_over: Vec::new(), people: false }
    }
}

/// A promise that the server broke.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The seed that reproduces it.
    pub seed: u64,
    /// The step at which it was noticed.
    pub step: usize,
    /// The checker that noticed it.
    pub checker: String,
    /// What it saw.
    pub what: String,
    /// The last events, starting with the oldest.
    pub events: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for event in &self.events {
            writeln!(f, "    {event}")?;
        }
        writeln!(f, "{}: {}", self.checker, self.what)?;
        write!(f, "at step {} of SEED={}", self.step, self.seed)
    }
}

impl std::error::Error for Failure {}

/// Runs `steps` steps from a seed.
///
/// # Errors
/// A checker found that the server broke a promise.
pub fn run(seed: u64, steps: usize) -> Result<Summary, Failure> {
    run_with(seed, &Options { steps, ..Options::default() })
}

/// Runs with these options.
///
/// # Errors
/// A checker found that the server broke a promise.
pub fn run_with(seed: u64, options: &Options) -> Result<Summary, Failure> {
    let mut simulation = Simulation::new(seed, options);
    for step in 0..options.steps {
        if let Err(finding) = simulation.step() {
            return Err(simulation.failure((seed, step), finding));
        }
    }
    match simulation.finish() {
        Ok(()) => {
            let world = simulation.world;
            let (messages_kept, sign_ins) = (world.scene.store.len(), world.scene.sign_ins);
            Ok(Summary { messages_kept, sign_ins, ..world.summary })
        }
        Err(finding) => Err(simulation.failure((seed, options.steps), finding)),
    }
}

/// A run in progress.
#[derive(Debug)]
struct Simulation {
    rng: Rng,
    world: World,
    actions: Actions,
    clients_most: usize,
    /// The lines that each connection still has to send in order to register.
    scripts: BTreeMap<ConnectionId, VecDeque<Vec<u8>>>,
}

impl Simulation {
    fn new(seed: u64, options: &Options) -> Self {
        let mut rng = Rng::new(seed);
        let mut settings = settings(&mut rng);
        if options.people {
            accounts(&mut rng, &mut settings);
        }
        let is_shared = rng.percent(50);
        let order = match options.servers {
            0 | 1 if !is_shared => Order::Alone,
            count => Order::Shared(count.max(1)),
        };
        // With several machines, only some runs use folders. The choice does not use the generator, so that
        // existing seeds still make the same runs.
        let in_folders = options.servers <= 1 || seed.is_multiple_of(FILES_EVERY);
        let disk = if in_folders { Disk::folder() } else { Disk::Memory(None) };
        let new = if options.people { World::with_people } else { World::new };
        let mut world = new(settings, order, (disk, Trace::new(options.events_shown)));
        world.passed_over = options.passed_over.iter().cloned().collect();
        let clients_most = if options.people { 4 + rng.below(12) } else { 2 + rng.below(12) };
        Self { rng, world, actions: Actions::default(), clients_most, scripts: BTreeMap::new() }
    }

    fn step(&mut self) -> Checked {
        let pace = self.rng.below(60);
        self.world.advance(i64::try_from(pace).unwrap_or_default() - 2);
        match self.rng.below(1000) {
            // Whoever signs in waits for answers.
            0..60 if self.world.scene.people.is_some() => {
                let which = self.rng.below(self.world.asked());
                self.world.answer(which, self.rng.percent(3));
            }
            0..560 => self.client_speaks(),
            560..600 => self.connect(),
            600..606 => self.disconnect(),
            606..680 => {
                let which = self.any_machine();
                self.world.seal(which);
            }
            680..750 => {
                let which = self.any_machine();
                self.world.write(which)?;
            }
            750..840 => drop(self.world.deliver()?),
            840..920 => self.log_goes_on()?,
            920..950 => {
                let which = self.rng.below(self.world.asked());
                self.world.answer(which, self.rng.percent(10));
            }
            950..955 if self.world.scene.people.is_some() => {
                let which = self.any_machine();
                self.world.administers(which, &mut self.rng);
            }
            950..970 => self.time_passes(),
            970..1000 if self.world.is_of_several() => self.machines_go_wrong()?,
            970..997 => self.world.settle()?,
            997..999 if self.rng.percent(50) => {
                let thousandths = self.rng.below(1000) as u64;
                self.world.crash(thousandths)?;
                self.scripts.clear();
            }
            999 if self.rng.percent(30) => {
                self.world.shut_down()?;
                self.scripts.clear();
            }
            _ => {}
        }
        self.world.keep_deadline()
    }

    /// Lets machines send to the log and read from it.
    fn log_goes_on(&mut self) -> Checked {
        for _ in 0..=self.rng.below(6) {
            let which = self.any_machine();
            let fate = match self.rng.below(100) {
                0..4 => Fate::Unconfirmed,
                4..7 => Fate::Late,
                _ => Fate::Confirmed,
            };
            let fate = if self.world.is_of_several() { fate } else { Fate::Confirmed };
            self.world.publish(which, fate);
            if self.rng.percent(10) {
                let late = self.rng.below(self.world.log.late());
                self.world.log.append_late(self.world.now, late);
            }
            let which = self.any_machine();
            for _ in 0..self.rng.below(4) {
                self.world.commit_next(which)?;
            }
        }
        Ok(())
    }

    /// Lets something happen to one of several machines.
    fn machines_go_wrong(&mut self) -> Checked {
        let (which, other) = (self.any_machine(), self.any_machine());
        match self.rng.below(100) {
            0..10 => self.world.settle()?,
            10..30 => self.world.write_down(which)?,
            30..36 => {
                // This does not use the generator either.
                let thousandths = (self.world.log.len() as u64 * 37) % 1_000;
                self.world.kill(which, thousandths)?;
            }
            36..42 => self.world.sleep(which),
            42..72 => self.world.start_again(which)?,
            72..80 => self.world.miss((which, other)),
            80..83 if self.world.machines.len() < MACHINES_MAX => self.world.join(which)?,
            _ => {}
        }
        Ok(())
    }

    fn any_machine(&mut self) -> usize {
        self.rng.below(self.world.machines.len())
    }

    /// Lets everyone wait until everything that was sent has been answered.
    fn finish(&mut self) -> Checked {
        self.world.settle()?;
        for _ in 0..10_000 {
            if self.world.clients.values().all(|client| client.sent.is_empty()) {
                return self.world.check_projections();
            }
            self.world.advance_to_deadline();
            self.world.keep_deadline()?;
            self.world.settle()?;
        }
        let waiting: Vec<String> = self
            .world
            .clients
            .values()
            .filter(|client| !client.sent.is_empty())
            .map(client::Client::name)
            .collect();
        Err(Finding::new("lines taken", format!("the lines of {waiting:?} are never taken")))
    }

    fn connect(&mut self) {
        if self.world.clients.len() >= self.clients_most {
            return;
        }
        let rng = &mut self.rng;
        let last = u8::try_from(rng.below(4)).unwrap_or_default();
        let address = if rng.percent(70) {
            IpAddr::V4(Ipv4Addr::new(10, 0, 0, last))
        } else {
            IpAddr::V6(Ipv6Addr::new(
                0xfd00,
                0x1111,
                0x2222,
                0x3333,
                0x4444,
                0x5555,
                0x6666,
                0x7770 + u16::from(last),
            ))
        };
        let people = self.world.scene.people.as_ref();
        let script = match people {
            Some(people) => script::registration(rng, &people.told),
            None => Actions::registration(rng),
        };
        let certificate = people.and_then(|_| script::certificate(rng));
        let peer = Peer { unthrottled: rng.percent(60), certificate, ..Peer::at(address) };
        let which = self.any_machine();
        if let Some(connection) = self.world.connect(peer, which) {
            self.scripts.insert(connection, script.into());
        }
    }

    /// A random client, if there is one.
    fn any_client(&mut self) -> Option<ConnectionId> {
        let count = self.world.clients.len();
        let which = self.rng.below(count);
        self.world.clients.values().nth(which).map(|client| client.connection)
    }

    fn disconnect(&mut self) {
        let why = [Disconnect::Closed, Disconnect::Reset, Disconnect::SendQueueExceeded];
        if let (Some(connection), Some(why)) = (self.any_client(), self.rng.pick(&why)) {
            self.world.disconnect(connection, *why);
        }
    }

    fn client_speaks(&mut self) {
        let Some(connection) = self.any_client() else { return self.connect() };
        let rng = &mut self.rng;
        if rng.once_in(200) {
            return self.world.send(connection, Sent::TooLong);
        }
        if self.world.scene.people.is_some() {
            return self.person_speaks(connection);
        }
        let Some(client) = self.world.clients.get_mut(connection.key()) else { return };
        let script = self.scripts.get_mut(&connection).filter(|script| !script.is_empty());
        let line = match (client.pinged.take(), script) {
            (Some(token), _) if rng.percent(95) => format!("PONG {token}").into_bytes(),
            (_, Some(script)) if rng.percent(95) => script.pop_front().unwrap_or_default(),
            // A client whose nick was taken tries another one.
            _ if client.nick.is_none() && rng.percent(80) => Actions::another_nick(rng),
            _ => self.actions.line(rng, client, &self.world.scene.store),
        };
        self.world.send(connection, Sent::Line(line));
    }

    /// Lets a client of a person speak.
    fn person_speaks(&mut self, connection: ConnectionId) {
        let (rng, world) = (&mut self.rng, &mut self.world);
        let Some(client) = world.clients.get_mut(connection.key()) else { return };
        let Some(people) = &world.scene.people else { return };
        let reply = if rng.percent(90) { script::reply(rng, &mut client.person, &people.told) } else { None };
        let script = self.scripts.entry(connection).or_default();
        let line = match (reply, client.pinged.take()) {
            (Some(reply), _) => reply,
            (_, Some(token)) if rng.percent(95) => format!("PONG {token}").into_bytes(),
            _ if !script.is_empty() && rng.percent(95) => script.pop_front().unwrap_or_default(),
            _ if client.nick.is_none() && rng.percent(80) => Actions::another_nick(rng),
            _ if rng.percent(40) => self.actions.line(rng, client, &world.scene.store),
            _ => {
                let text = self.actions.new_text();
                let lines = script::lines(rng, client, &people.told, &text);
                script.extend(lines.into_iter().map(String::into_bytes));
                script.pop_front().unwrap_or_default()
            }
        };
        let line = if script::hides_members(&line) { b"PING x".to_vec() } else { line };
        world.send(connection, Sent::Line(line));
    }

    fn time_passes(&mut self) {
        match self.rng.below(10) {
            0..7 => self.world.advance_to_deadline(),
            7..9 => self.world.advance(5_000),
            _ => self.world.advance(200_000),
        }
    }

    fn failure(&self, (seed, step): (u64, usize), finding: Finding) -> Failure {
        let Finding { checker, what } = finding;
        Failure { seed, step, checker: checker.to_owned(), what, events: self.world.trace.events() }
    }
}

/// An operator with the privileges that neither stop the server nor invalidate what clients know.
fn operator() -> Operator {
    Operator {
        name: OPERATOR.to_owned(),
        title: "is an operator".to_owned(),
        hosts: Mask::parse("*@*").into_iter().collect(),
        privileges: Privileges::KILL | Privileges::REHASH | Privileges::CHANNELS,
    }
}

/// Random settings of accounts.
fn accounts(rng: &mut Rng, settings: &mut Settings) {
    let always_on = [AlwaysOn::Off, AlwaysOn::OptIn, AlwaysOn::OptOut, AlwaysOn::OptOut, AlwaysOn::Mandatory];
    let registration = RegistrationSettings {
        before_connect: rng.percent(80),
        email_required: false,
        by_invitation: rng.percent(10),
        per_hour: if rng.percent(80) { 1_000 } else { 3 },
    };
    settings.network.accounts = Some(AccountSettings {
        reserve_nicks: rng.percent(85),
        required: rng.percent(8),
        several_sessions: rng.percent(90),
        always_on: rng.pick(&always_on).copied().unwrap_or(AlwaysOn::Off),
        registration: rng.percent(90).then_some(registration),
        channels_owned_max: [0, 2, 50, 50].get(rng.below(4)).copied().unwrap_or_default(),
        password_chars_min: 5,
        ..AccountSettings::default()
    });
    for operator in &mut settings.network.operators {
        operator.privileges |= Privileges::ACCOUNTS;
    }
}

/// The settings of a random kind of server.
fn settings(rng: &mut Rng) -> Settings {
    let mut settings = Settings::named("irc.test");
    settings.network.network_name = "TestNet".to_owned();
    settings.network.history = rng.percent(85);
    settings.machine.password_required = rng.percent(15);
    settings.network.operators = vec![operator()];
    if rng.percent(50) {
        settings.network.motd = vec!["welcome".to_owned(), String::new(), "be kind".to_owned()];
    }
    let mappings =
        [Casemapping::Precis, Casemapping::Ascii, Casemapping::Rfc1459, Casemapping::Rfc1459Strict];
    settings.network.casemapping = rng.pick(&mappings).copied().unwrap_or_default();
    if rng.percent(30) {
        let rules = settings.network.name_rules();
        settings.network.autojoin =
            ["#lobby", "#rust"].iter().filter_map(|name| ChannelName::parse(name, &rules).ok()).collect();
    }
    // It is short, so that rooms come and go; otherwise nobody would have a rank in any of them before long.
    let after =
        [Some(Duration::from_secs(20)), Some(Duration::from_secs(2)), Some(Duration::from_secs(3_600)), None];
    settings.network.forget_empty_after = rng.pick(&after).copied().flatten();
    let retain = [None, None, Some(Duration::from_secs(60)), Some(Duration::from_secs(900))];
    settings.network.retain = rng.pick(&retain).copied().flatten();
    if rng.percent(20) {
        settings.network.limits.new_channels_per_hour = 3;
    }
    if rng.percent(50) {
        settings.machine.flood = Flood { burst: 3, rate: 1 };
    }
    if rng.percent(30) {
        settings.network.limits.channels_per_client = 3;
        settings.network.limits.list_modes = 4;
        settings.network.limits.targets = 2;
        settings.network.history_reply_max = 5;
        settings.machine.portion_bytes = 200;
    }
    if rng.percent(30) {
        settings.machine.timeouts.ping_interval = Duration::from_secs(5);
        settings.machine.timeouts.ping_timeout = Duration::from_secs(2);
    }
    settings
}
