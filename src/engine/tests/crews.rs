//! Pencil traces of servers that stop and go on.

use super::checked;
use super::disciplines::{Job, ends, station};
use crate::engine::build::plan;
use crate::engine::id::{LawId, StationId};
use crate::engine::observation::Observations;
use crate::engine::plan::End;
use crate::engine::program::{Discipline, Failure};
use crate::law::Law;

/// Up for 10, down for 5, and so on, from 0.
fn stopping(jobs: &[Job], discipline: Discipline, servers: u32, each_server: bool) -> Observations {
    let mut program = station(jobs, discipline, servers);
    let up = LawId::from(program.laws.len());
    program.laws.push(Law::Constant(10.0));
    program.laws.push(Law::Constant(5.0));
    program.stations[0].rates.stops = true;
    program.failures.push(Failure {
        station: StationId(0),
        up,
        down: LawId::from(up.index() + 1),
        each_server,
        key: 1,
    });
    let seen = checked(&program, &plan(1, End::At(30)));
    assert_eq!(seen.stations[0].up.area, u128::from(servers) * 20);
    seen
}

/// The first job has 2 of 12 left when the server stops at 10, and resumes at 15 before the one
/// in line.
#[test]
fn interrupted_work_resumes_where_it_stopped() {
    let jobs = [(0, 0, 12), (1, 0, 4)];
    for discipline in [Discipline::Fcfs, Discipline::Lcfs, Discipline::RandomOrder] {
        let seen = stopping(&jobs, discipline, 1, false);
        assert_eq!(ends(&seen, &jobs), [17, 21], "{discipline:?}");
        assert_eq!(
            (seen.stations[0].busy.area, seen.stations[0].queue.area),
            (16, 16 + 5)
        );
        assert_eq!(seen.audit.stations[0].0, seen.audit.stations[0].1);
    }
}

/// Shared: the second is done at 9 (4 at half speed from 1), the first has 6 left at 10.
#[test]
fn shared_cores_stop_as_well() {
    let jobs = [(0, 0, 12), (1, 0, 4)];
    for discipline in [Discipline::ProcessorSharing, Discipline::LimitedSharing(2)] {
        let seen = stopping(&jobs, discipline, 1, false);
        assert_eq!(ends(&seen, &jobs), [21, 9], "{discipline:?}");
        assert_eq!(seen.stations[0].busy.area, 16);
    }
}

/// Two servers that stop one by one, here at the same instants: as two together.
#[test]
fn each_server_has_a_breaker_of_its_own() {
    let jobs = [(0, 0, 12), (1, 0, 11), (2, 0, 4)];
    let (one_by_one, together) = (
        stopping(&jobs, Discipline::Fcfs, 2, true),
        stopping(&jobs, Discipline::Fcfs, 2, false),
    );
    // Both are interrupted with 2 left at 10, resume at 15, and the third follows at 17.
    assert_eq!(ends(&one_by_one, &jobs), [17, 17, 21]);
    assert_eq!(ends(&together, &jobs), [17, 17, 21]);
}
