//! One guardrail in one Region of one account: every case, as often as it is repeated.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use tokio::time::{sleep, sleep_until};

use super::Going;
use super::pace::{Pace, quota};
use crate::aws::{AwsError, CallLog, Class, Clients, ReadCx, assess};
use crate::suite::Loaded;
use crate::suite::trial::{Place, Reply, Request, Target};

/// How often a request is sent in all that is throttled.
const TRIES: u32 = 8;
/// How soon it is noticed that the run is to end.
const NOTICE: Duration = Duration::from_millis(100);

/// A request, the case that it is for, and how often it was sent before.
#[derive(Clone, Copy)]
struct Turn {
    case: usize,
    tries: u32,
}

/// Asks everything, and puts the answers into `place`.
pub(super) async fn ask(
    clients: &Clients,
    loaded: &Loaded,
    target: &Target,
    mut place: Place,
    going: Going<'_>,
) -> Place {
    let suite = loaded.suite();
    let turns = (0..suite.repeat).flat_map(|_| (0..suite.cases.len()).map(|case| Turn { case, tries: 0 }));
    let mut waiting: VecDeque<Turn> = turns.collect();
    let log = CallLog::default();
    let cx = clients.reading(&log);
    if let Err(error) = clients.enter(&target.scope).await {
        give_up(&mut waiting, &mut place, &error, going);
    }
    let rate = going.rate.or_else(|| target.scope.region.as_ref().map(quota)).unwrap_or(1.0);
    let mut tempo = Pace::new(rate, Instant::now());
    let mut under_way = FuturesUnordered::new();
    loop {
        if going.interrupted.load(Ordering::Relaxed) {
            waiting.clear();
        }
        let may_send = !waiting.is_empty() && under_way.len() < going.parallelism.max(1);
        if !may_send && under_way.is_empty() {
            return place;
        }
        tokio::select! {
            Some((turn, answer)) = under_way.next() => {
                take(turn, answer, &mut waiting, &mut tempo, &mut place, loaded, going);
            }
            () = sleep_until(tempo.next().into()), if may_send => {
                tempo.leave(Instant::now());
                let Some(turn) = waiting.pop_front() else { continue };
                under_way.push(send(cx, loaded, target, turn, going));
            }
            () = sleep(NOTICE) => {}
        }
    }
}

/// How long a failure may last that passes by itself: half a minute, scaled as all waits are.
fn patience(going: Going<'_>) -> Duration {
    going.wait.deadlines.conflict / 4
}

/// Sends one request, and again after rests if it meets a failure that passes.
async fn send(
    cx: ReadCx<'_>,
    loaded: &Loaded,
    target: &Target,
    turn: Turn,
    going: Going<'_>,
) -> (Turn, Result<Reply, AwsError>) {
    let request = Request::of(loaded, &loaded.suite().cases[turn.case]);
    let mut rest = going.wait.pace(&format!("{} {}", target.scope, turn.case));
    loop {
        let answer = assess(&cx, target, &request).await;
        let again = answer.as_ref().is_err_and(|error| error.may_pass() && error.class != Class::Throttled);
        if !again || going.interrupted.load(Ordering::Relaxed) || !rest.rest(patience(going)).await {
            return (turn, answer);
        }
    }
}

fn take(
    turn: Turn,
    answer: Result<Reply, AwsError>,
    waiting: &mut VecDeque<Turn>,
    tempo: &mut Pace,
    place: &mut Place,
    loaded: &Loaded,
    going: Going<'_>,
) {
    let tries = turn.tries + 1;
    match answer {
        Ok(reply) => place.take(turn.case, &loaded.suite().cases[turn.case], &reply),
        Err(error) if error.class == Class::Throttled && tries < TRIES => {
            tempo.throttled(Instant::now());
            if !going.interrupted.load(Ordering::Relaxed) {
                // At the end: meanwhile others are asked.
                waiting.push_back(Turn { tries, ..turn });
            }
            return;
        }
        Err(error) => {
            place.lose(turn.case, &error.cause());
            if is_about_everything(&error) {
                give_up(waiting, place, &error, going);
            }
        }
    }
    (going.answered)();
}

/// Whether the same will be said of every other case.
fn is_about_everything(error: &AwsError) -> bool {
    matches!(
        error.class,
        Class::AccessDenied | Class::NotFound | Class::NoCredentials | Class::NotEnabled | Class::NoEndpoint
    )
}

fn give_up(waiting: &mut VecDeque<Turn>, place: &mut Place, error: &AwsError, going: Going<'_>) {
    for turn in waiting.drain(..) {
        place.lose(turn.case, &error.cause());
        (going.answered)();
    }
}
