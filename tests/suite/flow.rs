//! What requests do on their way, against order statistics and other closed forms.

use linchpin::experiment::result::RunResult;
use linchpin::experiment::{Settings, run};

use crate::support::files::{covers, model, sized};

/// Runs a file of `topologies/features` at three seeds and holds each result against `judge`.
#[track_caller]
fn at_each_seed(
    file: &str,
    assignments: &[&str],
    (replications, requests): (u32, u64),
    judge: impl Fn(&RunResult),
) {
    let model = model(format!("topologies/features/{file}"), assignments);
    for seed in [1, 2, 3] {
        let result = run(&model, &sized(seed, replications, requests)).unwrap();
        judge(&result);
    }
}

/// The k-th of n exponentials: the mean times `1/n + ... + 1/(n - k + 1)`.
#[test]
fn a_quorum_takes_as_long_as_its_order_statistic() {
    // Of the front itself; its four cores are 0.25 % busy.
    let own = 0.000_1;
    for (need, expected) in [(1, 0.010 / 3.0), (2, 0.025 / 3.0), (3, 0.055 / 3.0)] {
        let need = format!("front.operations.default[1].need={need}");
        at_each_seed("quorum.ron", &[&need], (20, 4_000), |result| {
            covers("mean", &result.response_time_s.mean, own + expected, 0.02);
        });
    }
}

/// Pollaczek and Khinchine for 1 ms and 50 ms at 70 %, and M/G/1 under processor sharing.
#[test]
fn a_mixture_waits_as_its_second_moment_says() {
    at_each_seed("laws.ron", &[], (20, 40_000), |result| {
        let mean = &result.response_time_s.mean;
        covers("first come, first served", mean, 0.055_513, 0.06);
    });
    let shared = ["app.discipline=ProcessorSharing"];
    at_each_seed("laws.ron", &shared, (20, 40_000), |result| {
        let mean = &result.response_time_s.mean;
        covers("shared", mean, 0.019_667, 0.06);
    });
    // The same mean and cv 2 as a Coxian law: rho / (1 - rho) (1 + cv^2) / 2 services of waiting.
    let coxian = [
        "app.service=Coxian([(mean: \"250us\", next: 0.125), (mean: \"2ms\")])",
        "workload.users.rate=\"1000/s\"",
    ];
    at_each_seed("laws.ron", &coxian, (20, 40_000), |result| {
        let mean = &result.response_time_s.mean;
        covers("Coxian", mean, 0.001_75, 0.03);
    });
}

/// Work of 0.7 x 2 + 0.2 x 10 + 0.1 x 40 = 7.4 ms at 300/s on four cores.
#[test]
fn one_of_several_ways_is_taken_as_often_as_its_share_says() {
    at_each_seed("one-of.ron", &[], (20, 10_000), |result| {
        let app = result.components.get("app").unwrap();
        covers("utilisation", &app.utilisation, 0.555, 0.02);
    });
}

/// M(t)/M/infinity (S. Eick, W. Massey, W. Whitt, "M(t)/G/infinity queues with sinusoidal arrival
/// rates", 1993, section 2): mean 50, amplitude 60 / sqrt(4 + g^2), lag atan(g / 2) / g, with
/// g = 2 pi / 10 s. Amplitude and lag are those of the wave that fits the series best.
#[test]
fn a_wave_of_arrivals_makes_a_wave_in_the_system() {
    let model = model("topologies/features/waves.ron", &[]);
    let result = run(&model, &Settings::new(1)).unwrap();
    let g = std::f64::consts::TAU / 10.0;
    let (mut sine, mut cosine, mut mean) = (0.0, 0.0, 0.0);
    let points = &result.series;
    for point in points {
        let middle = point.at_s + point.length_s / 2.0;
        mean += point.in_system / points.len() as f64;
        sine += 2.0 * point.in_system * (g * middle).sin() / points.len() as f64;
        cosine += 2.0 * point.in_system * (g * middle).cos() / points.len() as f64;
    }
    let (amplitude, lag) = (sine.hypot(cosine), -cosine.atan2(sine) / g);
    assert!((mean / 50.0 - 1.0).abs() < 0.01, "{mean}");
    assert!((amplitude / 28.620_85 - 1.0).abs() < 0.02, "{amplitude}");
    assert!((lag / 0.484_461 - 1.0).abs() < 0.05, "{lag}");
}

/// Messages are a queue of their own, M/M/4 at 50/s with 60 ms each on four cores that share one
/// line: 75 % busy, Erlang C 0.509, wait 0.509 x 60 ms / (4 - 3) = 30.6 ms.
#[test]
fn messages_wait_as_in_a_queue_with_several_servers() {
    let four = [
        "mailer.replicas=1",
        "mailer.cores=4",
        "workload.users.rate=\"50/s\"",
    ];
    at_each_seed("messages.ron", &four, (20, 20_000), |result| {
        let queue = result.components.get("mail").unwrap();
        let messages = queue.messages.as_ref().unwrap();
        let ended = messages.completed + messages.dead + messages.left;
        assert_eq!(messages.accepted, ended);
        assert_eq!((messages.refused, messages.dead), (0, 0));
        covers(
            "completion",
            &messages.completion_time_s.mean,
            0.090_566,
            0.06,
        );
        let worker = result.components.get("mailer").unwrap();
        covers("utilisation", &worker.utilisation, 0.75, 0.02);
    });
}

/// What the file and its comment say, in each replication: the orders of the time without a leader
/// fail, no message is lost, and the one in work is worked on twice. A broker alone loses it.
#[test]
fn copies_of_messages_outlive_their_broker() {
    let counts = |assignments: &[&str]| {
        let path = "topologies/features/queue-copies.ron";
        let result = run(&model(path, assignments), &Settings::new(1)).unwrap();
        let runs = u64::from(result.replications);
        let messages = result.components.get("mail").unwrap().messages.clone();
        let messages = messages.expect("a queue has messages");
        let worked = result.components.get("mailer").unwrap();
        let worked = (worked.throughput_rps.value.unwrap() * 60.0).round() as u64;
        assert_eq!(result.requests.offered, 600 * runs);
        assert_eq!(messages.refused, result.requests.failed);
        assert_eq!(messages.left, 0);
        let seen = [messages.refused, messages.completed, messages.dead];
        (seen.map(|sum| sum / runs), worked)
    };
    assert_eq!(counts(&[]), ([30, 570, 0], 571));
    let alone = "components.mail=Queue()";
    assert_eq!(counts(&[alone]), ([300, 299, 1], 300));
    let quick = "mail.failover=Automatic(detect: \"200ms\", promote: \"200ms\")";
    assert_eq!(counts(&[quick]), ([4, 596, 0], 597));
    // A broker that falls silent or stands still takes messages until that is noticed, and hands
    // them over to who leads then. The answer to what is in work reaches one that stands still, and
    // vanishes on its way to a silent one.
    for (fault, worked) in [("BlackHole", 591), ("Pause", 590)] {
        let fault = format!("faults=[{fault}(target: \"mail/1\", at: \"10.02s\", lasts: \"30s\")]");
        assert_eq!(counts(&[&fault]), ([10, 590, 0], worked), "{fault}");
    }
    // Over before it is noticed: nobody else leads, and the messages wait for their broker.
    let short = "faults=[Crash(target: \"mail/1\", at: \"10.02s\", lasts: \"1s\")]";
    assert_eq!(counts(&[short]), ([10, 590, 0], 591));
}
