//! Many people are sent a link, and all open it in the same second.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use futures_util::future::join_all;

use crate::{
    rig::{Browser, Fault, Faults, Window, visit},
    support::Client,
};

const PEOPLE: usize = 14;
const TIMES: usize = 5;
const LINK: &str = "/#/room/room";
/// It is long, because everybody shares one machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Records when the page's own form is there, and when the one that the app draws is.
const WATCH: &str = "
    new MutationObserver(() => {
        const note = (what, form) => { if (!(what in window) && document.querySelector(form)) window[what] = Date.now(); };
        note('formAt', 'input#name');
        note('appAt', '#main input#name');
    }).observe(document, { childList: true, subtree: true });";

#[test]
#[ignore = "takes minutes; see CONTRIBUTING"]
fn fourteen_people_come_in_at_once() {
    visit(async |browser| {
        let mut bob = browser.person("bob");
        let failed = Arc::new(AtomicUsize::new(0));
        for network in [Network::Sound, Network::FailsOnce(Arc::clone(&failed))] {
            let (mut forms, mut apps) = (Vec::new(), Vec::new());
            for time in 1..=TIMES {
                for (form, app) in come_in(browser, &mut bob, &network).await {
                    forms.push(form);
                    apps.push(app);
                }
                println!("time {time}: all {PEOPLE} are in");
            }
            println!(
                "{} requests failed; the form after {}, the app's own after {}",
                failed.load(Ordering::Relaxed),
                spread(forms),
                spread(apps)
            );
        }
        assert!(failed.load(Ordering::Relaxed) >= TIMES * PEOPLE, "everyone missed something at first");
    });
}

enum Network {
    Sound,
    /// Makes every second asset fail once for each person; counts the failures.
    FailsOnce(Arc<AtomicUsize>),
}

/// Lets all open the link and enter the room. Returns for each the milliseconds until the form was there, and
/// until the app's own form was.
async fn come_in(browser: &Browser, bob: &mut Client, network: &Network) -> Vec<(u64, u64)> {
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        let window = browser.open_blank().await;
        window.begins_with(WATCH).await;
        let address = match network {
            Network::Sound => browser.address(LINK),
            Network::FailsOnce(failed) => {
                let rule = every_second_once(number, Arc::clone(failed));
                let proxy = Faults::start(browser.http(), rule).address();
                window.expects_in_console(&proxy.to_string());
                format!("http://{proxy}{LINK}")
            }
        };
        people.push((window, address, format!("guest{number}")));
    }
    let begin = now();
    let times = people.iter().map(|(window, address, name)| enters(window, address, name));
    let times = join_all(times).await;
    bob.send("NAMES #room");
    let names = bob.until(|line| line.contains(" 366 "));
    let names: String = names.into_iter().filter(|line| line.contains(" 353 ")).collect();
    assert_eq!(names.matches("guest").count(), PEOPLE, "{names}");
    browser.finish().await;
    for _ in 0..PEOPLE {
        bob.until(|line| line.contains(" QUIT "));
    }
    times.into_iter().map(|(form, app)| (form - begin, app - begin)).collect()
}

async fn enters(window: &Window, address: &str, name: &str) -> (u64, u64) {
    window.visit(address).await;
    let times = async || {
        let times = window.run("return [window.formAt, window.appAt]", &[]).await;
        Some((times[0].as_u64()?, times[1].as_u64()?))
    };
    let times = window.eventually_within(PATIENCE, "the form of the app", times).await;
    window.join_as(name).await;
    window.is_in("#room").await;
    times
}

/// The page itself always loads, so that there is something that can try again.
fn every_second_once(
    number: usize,
    failed: Arc<AtomicUsize>,
) -> impl FnMut(&str) -> Option<Fault> + Send + 'static {
    let faults = [Fault::Status(503), Fault::Reset, Fault::Truncated, Fault::WrongContent];
    let fault = faults[number / 2 % faults.len()];
    let mut asked: Vec<String> = Vec::new();
    move |path| {
        if path == "/" || asked.iter().any(|other| other == path) {
            return None;
        }
        asked.push(path.to_owned());
        let fault = (asked.len() + number).is_multiple_of(2).then_some(fault);
        failed.fetch_add(usize::from(fault.is_some()), Ordering::Relaxed);
        fault
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64
}

fn spread(mut all: Vec<u64>) -> String {
    all.sort_unstable();
    let (least, median, most) = (all[0], all[all.len() / 2], all[all.len() - 1]);
    format!("{least}, {median}, {most} ms (least, median, most of {})", all.len())
}
