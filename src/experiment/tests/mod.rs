//! Experiments on small models, judged against theory.

mod steady;

use super::Settings;
use crate::model::builder::{Builder, exponential, ms};
use crate::model::{Discipline, Model, Policy, WarmUp};

/// Settings for tests: two threads.
pub fn settings(seed: u64) -> Settings<'static> {
    Settings {
        jobs: 2,
        ..Settings::new(seed)
    }
}

/// M/M/c: Poisson `rate` per second, `servers` servers with exponential service of 1 s.
pub fn mmc(rate: f64, servers: u32) -> Model {
    let mut b = Builder::new("M/M/c");
    let server = b.component("server", 1);
    b.resource(server, "cpu", Some(servers), Discipline::Fcfs);
    let work = b.work(server, "cpu", exponential(ms(1_000)));
    b.operation(server, "default", vec![work]);
    b.open("users", rate, &[("default", server, 1.0)]);
    b.model().run.warm_up = WarmUp::Auto;
    b.build()
}

/// 560/s at random over four nodes of two servers (10 ms), then four servers (5 ms): 26.394 ms.
pub fn three_tiers(policy: Policy) -> Model {
    let mut b = Builder::new("three tiers");
    let lb = b.component("lb", 1);
    let app = b.component("app", 4);
    let db = b.component("db", 1);
    b.resource(app, "cpu", Some(2), Discipline::Fcfs);
    b.resource(db, "cpu", Some(4), Discipline::Fcfs);
    let to_app = b.forward(lb, app);
    let to_db = b.forward(app, db);
    b.link(lb, app).balance = policy;
    b.operation(lb, "default", vec![to_app]);
    let work = b.work(app, "cpu", exponential(ms(10)));
    b.operation(app, "default", vec![work, to_db]);
    let query = b.work(db, "cpu", exponential(ms(5)));
    b.operation(db, "default", vec![query]);
    b.open("users", 560.0, &[("default", lb, 1.0)]);
    b.model().run.warm_up = WarmUp::Auto;
    b.build()
}
