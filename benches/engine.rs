//! Time per request of the engine, all statistics on, and of its calendar-heavy parts.

use std::hint::black_box;
use std::sync::atomic::AtomicBool;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use linchpin::engine::build::{Builder, plan, single, steady, tiers};
use linchpin::engine::plan::{End, Plan};
use linchpin::engine::program::{Discipline, Part, Policy, Process, Program, Step};
use linchpin::engine::run;
use linchpin::law::Law;

const REQUESTS: u64 = 100_000;
const MS: f64 = 1e6;

fn exponential() -> Law {
    Law::Exponential { mean: MS }
}

/// A node with threads and shared cores that holds a connection while it calls a database, every
/// call with a timeout.
fn nested() -> Program {
    let mut b = Builder::new();
    let (web, db) = (b.component("web", 1)[0], b.component("db", 1)[0]);
    let (web_law, db_law) = (b.law(exponential()), b.law(exponential()));
    let cpu = b.station(web, Discipline::ProcessorSharing, Some(4));
    let disk = b.station(db, Discipline::Fcfs, Some(8));
    let serve = b.serve(disk, db_law);
    let query = b.steps([serve, Step::Reply]);
    let threads = b.pool(200, None);
    let connections = b.pool(20, None);
    b.program.pools[connections.index()].part = Part::PoolWait;
    let patience = b.lane(1_000_000_000);
    let call = b.call("web -> db", Policy::RoundRobin, &[(db, query)], |call| {
        call.pool = Some(connections);
        call.timeout = Some(patience);
    });
    let serve = b.serve(cpu, web_law);
    let page = b.steps([
        Step::Acquire { pool: threads },
        serve,
        Step::Call {
            call,
            otherwise: None,
        },
        Step::Reply,
    ]);
    let user = b.call("user -> web", Policy::RoundRobin, &[(web, page)], |_| ());
    let entry = b.steps([Step::Forward { call: user }]);
    let (_, journey) = b.class("request", None);
    b.source("users", entry, steady(Process::Poisson, 3000.0, journey));
    b.program
}

/// Many clocks that ring and are set again: what the calendar costs with 1000 pending events.
fn clocks() -> Program {
    let mut program = single(1, Discipline::Fcfs, exponential(), 1.0);
    let mut b = Builder {
        program: std::mem::take(&mut program),
    };
    let law = b.law(Law::Exponential { mean: 1000.0 * MS });
    b.program.steps[0] = Step::Wait {
        law,
        key: 1,
        part: Part::Service,
    };
    let journey = linchpin::engine::id::JourneyId(0);
    b.program.sources[0].arrivals = steady(Process::Poisson, 1000.0, journey);
    b.program
}

fn engine(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("engine");
    group
        .throughput(Throughput::Elements(REQUESTS))
        .sample_size(20);
    let programs = [
        (
            "one queue",
            single(1, Discipline::Fcfs, exponential(), 800.0),
        ),
        (
            "one shared server",
            single(1, Discipline::ProcessorSharing, exponential(), 800.0),
        ),
        (
            "three tiers",
            tiers(
                4,
                exponential(),
                Law::Exponential { mean: MS / 2.0 },
                6000.0,
            ),
        ),
        ("held connections and timeouts", nested()),
        ("1000 pending clocks", clocks()),
    ];
    for (name, program) in programs {
        let plan = Plan {
            bucket_ns: 1_000_000_000,
            ..plan(1, End::Requests(REQUESTS))
        };
        group.bench_function(name, |bencher| {
            bencher.iter(|| black_box(run(&program, &plan, &AtomicBool::new(false))));
        });
    }
    group.finish();
}

criterion_group!(benches, engine);
criterion_main!(benches);
