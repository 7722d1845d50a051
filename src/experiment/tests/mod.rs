//! Experiments on small models, judged against theory.

mod batches;
mod compare;
mod curve;
mod memory;
mod overload;
mod spof;
mod steady;
mod terminating;
mod warm_up;

use super::Settings;
use crate::model::builder::{Builder, exponential, health, ms, seconds};
use crate::model::{Comparison, Discipline, Metric, Model, Objective, Policy, Scope, WarmUp};

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
pub fn jackson(policy: Policy) -> Model {
    let mut b = Builder::new("three tiers of theory");
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

/// Processor sharing with threads: `nodes` of `was` (2 cores, 8 ms, 20 threads and as many
/// waiting), then a database of `db_cores` (3 ms); checked every 2 s by the balancer.
pub fn shop(rate: f64, nodes: u32, db_cores: u32) -> Builder {
    let mut b = Builder::new("shop");
    let lb = b.component("lb", 1);
    let was = b.component("was", nodes);
    let db = b.component("db", 1);
    b.cpu(was, 2).threads(was, 20, 20).cpu(db, db_cores);
    let to_was = b.forward(lb, was);
    let to_db = b.call(was, db);
    b.link(lb, was).health = Some(health(seconds(2), 3, 2));
    b.operation(lb, "default", vec![to_was]);
    let work = b.work(was, "cpu", exponential(ms(8)));
    b.operation(was, "default", vec![work, to_db]);
    let query = b.work(db, "cpu", exponential(ms(3)));
    b.operation(db, "default", vec![query]);
    b.open("users", rate, &[("page", lb, 1.0)]);
    b.model().components[db.index()].kind = "Database";
    b.model().run.warm_up = WarmUp::Auto;
    b
}

/// An objective on all requests.
pub fn objective(metric: Metric, comparison: Comparison, bound: f64, text: &str) -> Objective {
    Objective {
        text: text.to_owned(),
        scope: Scope::All,
        metric,
        comparison,
        bound,
        of_successes: false,
        within: None,
    }
}
