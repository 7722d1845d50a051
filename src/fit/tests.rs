//! Parameters of synthetic requests are found again; draws come from another library.

use std::fmt::Write as _;

use rand::SeedableRng;
use rand_distr::{Distribution, Exp, Gamma, LogNormal, Weibull};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::law_fit::fit_laws;
use super::log::{self, Reading};
use super::{FitResult, fit};
use crate::experiment::result::fit::{FittedLaw, LawName};
use crate::statistics::Estimate;

/// Draws of a law with its true mean and cv.
struct Truth {
    law: LawName,
    mean: f64,
    cv: f64,
    draw: Box<dyn Fn(&mut Xoshiro256PlusPlus) -> f64>,
}

fn truths() -> Vec<Truth> {
    let truth = |law, (mean, cv), draw| Truth {
        law,
        mean,
        cv,
        draw,
    };
    // mean exp(mu + sigma^2 / 2), cv^2 exp(sigma^2) - 1.
    let log_normal = LogNormal::new(-4.0, 0.8).unwrap();
    // mean k theta, cv 1 / sqrt k.
    let gamma = Gamma::new(2.5, 0.004).unwrap();
    // Shape 1.7: mean G(1 + 1/1.7) and cv from G(1 + 2/1.7), Gamma function.
    let weibull = Weibull::new(0.02, 1.7).unwrap();
    let (first, second) = (libm::tgamma(1.0 + 1.0 / 1.7), libm::tgamma(1.0 + 2.0 / 1.7));
    let exponential = Exp::new(100.0).unwrap();
    // Balanced: 0.9 with mean 0.5/0.9, 0.1 with mean 5 give mean 1 and E X^2 = 2 (0.9 (0.5/0.9)^2
    // + 0.1 x 25) = 5.5556.
    let (often, rare) = (Exp::new(0.9 / 0.5).unwrap(), Exp::new(0.2).unwrap());
    let coin = rand_distr::Uniform::new(0.0, 1.0).unwrap();
    vec![
        truth(
            LawName::LogNormal,
            (libm::exp(-4.0 + 0.32), (libm::exp(0.64) - 1.0_f64).sqrt()),
            Box::new(move |rng: &mut _| log_normal.sample(rng)),
        ),
        truth(
            LawName::Gamma,
            (0.01, 1.0 / 2.5_f64.sqrt()),
            Box::new(move |rng: &mut _| gamma.sample(rng)),
        ),
        truth(
            LawName::Weibull,
            (0.02 * first, (second / (first * first) - 1.0).sqrt()),
            Box::new(move |rng: &mut _| weibull.sample(rng)),
        ),
        truth(
            LawName::Exponential,
            (0.01, 1.0),
            Box::new(move |rng: &mut _| exponential.sample(rng)),
        ),
        truth(
            LawName::HyperExponential,
            (1.0, (5.0 / 0.9 - 1.0_f64).sqrt()),
            Box::new(move |rng: &mut _| {
                if coin.sample(rng) < 0.9 {
                    often.sample(rng)
                } else {
                    rare.sample(rng)
                }
            }),
        ),
    ]
}

fn drawn(truth: &Truth, seed: u64, count: usize) -> Vec<f64> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut times: Vec<f64> = (0..count).map(|_| (truth.draw)(&mut rng)).collect();
    times.sort_by(f64::total_cmp);
    times
}

fn holds(estimate: &Estimate, value: f64) -> bool {
    let (low, high) = estimate.ci95.unwrap();
    low <= value && value <= high
}

fn of(laws: &[FittedLaw], law: LawName) -> &FittedLaw {
    laws.iter().find(|one| one.law == law).unwrap()
}

/// 95 % intervals miss 60 times out of 60 x 0.05 = 3 on average, and more than 9 times in 2 runs of
/// a thousand.
#[test]
fn intervals_hold_the_true_parameters() {
    for truth in truths() {
        let (mut mean, mut cv) = (0, 0);
        for seed in 0..60 {
            let laws = fit_laws("all", &drawn(&truth, seed, 400), 1e-9);
            let own = of(&laws, truth.law);
            mean += u32::from(!holds(&own.mean_s, truth.mean));
            cv += u32::from(own.cv.as_ref().is_some_and(|it| !holds(it, truth.cv)));
        }
        assert!(mean <= 9, "{:?}: mean missed {mean} of 60", truth.law);
        assert!(cv <= 9, "{:?}: cv missed {cv} of 60", truth.law);
    }
}

/// The same where a clock of whole milliseconds wrote times of a few of them, many as 0.
#[test]
fn a_coarse_clock_bends_no_law() {
    let step = 1e-3;
    for truth in truths() {
        for steps in [1.0, 2.5, 6.0] {
            let scale = steps * step / truth.mean;
            let (mut mean, mut cv) = (0, 0);
            for seed in 0..60 {
                let mut times = drawn(&truth, seed, 2_000);
                for time in &mut times {
                    *time = libm::round(*time * scale / step) * step;
                }
                let laws = fit_laws("all", &times, step);
                let own = of(&laws, truth.law);
                mean += u32::from(!holds(&own.mean_s, steps * step));
                cv += u32::from(own.cv.as_ref().is_some_and(|it| !holds(it, truth.cv)));
            }
            let law = truth.law;
            assert!(mean <= 9, "{law:?} {steps}: mean missed {mean} of 60");
            assert!(cv <= 9, "{law:?} {steps}: cv missed {cv} of 60");
        }
    }
}

/// With 20,000 requests the law is told from the others (an exponential one is a special case of
/// three, which can only be a little likelier), and hardly differs from what was drawn.
#[test]
fn the_true_law_is_the_likeliest() {
    for truth in truths() {
        let laws = fit_laws("all", &drawn(&truth, 7, 20_000), 1e-9);
        let own = of(&laws, truth.law);
        if truth.law != LawName::Exponential {
            assert_eq!(laws[0].law, truth.law);
        }
        assert!(own.aic <= laws[0].aic + 4.0, "{:?}", truth.law);
        // Kolmogorov: above 1.63 / sqrt(n) once in a hundred with known parameters.
        assert!(own.gap < 1.63 / 20_000_f64.sqrt(), "{}", own.gap);
        assert!(own.p99_off.abs() < 0.1, "{}", own.p99_off);
        let others = laws.iter().filter(|law| law.law != truth.law);
        if truth.law == LawName::HyperExponential {
            assert!(others.clone().all(|law| law.gap > own.gap));
        }
    }
}

fn read(text: &str, reading: &Reading) -> Result<FitResult, String> {
    let source = Box::new(std::io::Cursor::new(text.to_owned().into_bytes()));
    let log = log::read(vec![("f".to_owned(), source)], reading)?;
    fit(&log, vec!["f".to_owned()])
}

/// The same requests, exponential with mean 20 ms at 50/s, in every format that has requests.
#[test]
fn one_load_in_every_format() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(3);
    let (gap, service) = (Exp::new(50.0).unwrap(), Exp::new(50.0).unwrap());
    let mut start = 1_000_000_000.0;
    let mut texts = [
        String::new(),
        "timeStamp,elapsed,label,responseCode,success,allThreads\n".to_owned(),
        "metric_name,timestamp,metric_value,method,name,status,expected_response\n".to_owned(),
        String::new(),
        "time\tduration\tclass\n".to_owned(),
    ];
    for number in 0..4000 {
        start += gap.sample(&mut rng);
        // In whole milliseconds, as most of these are.
        let ms = libm::round(service.sample(&mut rng) * 1e3).max(1.0);
        let end = start + ms / 1e3;
        let status = if number % 100 == 0 { 500 } else { 200 };
        let good = status == 200;
        let second = end as i64 % 60;
        let minute = (end as i64 / 60) % 60;
        let hour = (end as i64 / 3600) % 24;
        let rows = [
            format!(
                "1.2.3.4 - - [09/Sep/2001:{hour:02}:{minute:02}:{second:02} +0000] \
                 \"GET /a HTTP/1.1\" {status} 5 \"-\" \"-\" {:.3}\n",
                ms / 1e3
            ),
            format!("{:.0},{ms},GET /a,{status},{good},5\n", start * 1e3),
            format!(
                "http_req_duration,{},{ms},GET,/a,{status},{good}\n",
                end as i64
            ),
            format!(
                "{{\"type\":\"Point\",\"metric\":\"http_req_duration\",\"data\":{{\"time\":\
                 \"2001-09-09T{hour:02}:{minute:02}:{second:02}Z\",\"value\":{ms},\"tags\":\
                 {{\"method\":\"GET\",\"name\":\"/a\",\"status\":\"{status}\"}}}}}}\n"
            ),
            format!("{start}\t{}\tGET /a\n", ms / 1e3),
        ];
        for (text, row) in texts.iter_mut().zip(rows) {
            text.push_str(&row);
        }
    }
    for (place, text) in texts.iter().enumerate() {
        let found = read(text, &Reading::default()).unwrap();
        let class = &found.classes[0];
        assert_eq!(
            (found.classes.len(), &*class.name),
            (1, "GET /a"),
            "{place}"
        );
        assert_eq!(found.requests, 4000);
        let arrivals = found.arrivals.as_ref().unwrap();
        assert!(holds(&arrivals.rate_rps, 50.0), "{place}: {arrivals:?}");
        assert_eq!(arrivals.is_poisson, Some(true), "{place}: {arrivals:?}");
        let errors = class.error_rate.value.unwrap();
        let expected = if place == 4 { 0.0 } else { 0.01 };
        assert!((errors - expected).abs() < 1e-12, "{place}: {errors}");
        let law = of(&class.laws, LawName::Exponential);
        assert!(holds(&law.mean_s, 0.02), "{place}: {law:?}");
        assert!((found.resolution_s - 1e-3).abs() < 1e-12, "{place}");
    }
}

#[test]
fn bad_lines_are_counted_by_reason() {
    let mut text = "time,duration\n".to_owned();
    for number in 0..30 {
        writeln!(text, "{number},0.0{}", 10 + number).unwrap();
    }
    text += "1,2,3\nnever,0.1\n5,-1\n6,x\n7,-2\n8,\"1\n";
    let found = read(&text, &Reading::default()).unwrap();
    let rejected: Vec<(&str, u64)> = found.rejected.iter().map(|(why, n)| (&**why, *n)).collect();
    assert_eq!(
        rejected,
        [
            ("a quote is not closed", 1),
            ("the time cannot be read", 1),
            ("the time of the request is negative", 2),
            ("the time of the request is no number", 1),
            ("wrong number of columns", 1),
        ]
    );
    assert_eq!(found.rejected_at["the time of the request is negative"], 34);
    assert_eq!(found.requests, 30);
    let nothing = read("time,duration\n5,-1\n", &Reading::default()).unwrap_err();
    assert!(
        nothing.starts_with("f: ") && nothing.contains("negative"),
        "{nothing}"
    );
    let missing = read("timeStamp;elapsed\n", &Reading::default()).unwrap_err();
    assert_eq!(missing, "f: there is no line behind the header");
    let reading = Reading {
        format: Some(log::Format::Points),
        ..Reading::default()
    };
    assert!(
        read("a,b\n", &reading)
            .unwrap_err()
            .contains("column `load`")
    );
}

/// Ray tracer on an SGI Origin 2000 (N. Gunther, *Guerrilla Capacity Planning*), with the
/// coefficients that the R package usl finds (tests/confint.Rout.save).
#[test]
fn points_of_a_load_test_give_the_published_law() {
    let text = "load,throughput\n1,20\n4,78\n8,130\n12,170\n16,190\n20,200\n";
    let found = read(text, &Reading::default()).unwrap();
    let usl = found.usl.unwrap();
    for (estimate, expected, within) in [
        (usl.sigma, 0.024_444_04, 1e-6),
        (usl.kappa, 0.001_626_81, 1e-6),
        (usl.gamma_rps, 20.856_05, 1e-4),
    ] {
        assert!((estimate.value.unwrap() - expected).abs() < within);
        assert!(holds(&estimate, expected));
    }
    // sqrt(0.97556 / 0.00163) = 24.5, and 20 processors were measured.
    assert!((usl.peak_load.unwrap() - 24.488).abs() < 0.01);
    assert!(!usl.peak_is_measured);
    assert!(
        found
            .warnings
            .iter()
            .any(|one| one.code == "beyond_measured")
    );
    let few = read("load,throughput\n1,20\n4,78\n", &Reading::default()).unwrap();
    assert!(few.usl.is_none());
    assert_eq!(few.warnings[0].code, "few_loads");
}

/// What is asked of a log that it cannot give is refused, not passed over.
#[test]
fn options_that_say_nothing_are_refused() {
    let points = "load,throughput\n1,20\n4,78\n8,130\n12,170\n";
    let one_class = Reading {
        one_class: true,
        ..Reading::default()
    };
    let refused = read(points, &one_class).unwrap_err();
    assert!(refused.contains("--one-class"), "{refused}");
    let unit = Reading {
        unit_s: Some(1e-3),
        ..Reading::default()
    };
    for text in [points, "timeStamp,elapsed\n1,2\n"] {
        let refused = read(text, &unit).unwrap_err();
        assert!(refused.contains("--unit"), "{refused}");
    }
    assert!(read("time,duration\n1,20\n", &unit).is_ok());
}

/// Threads 1 to 5 for ten seconds each, 10 requests a second and thread.
#[test]
fn seconds_of_equal_threads_are_points() {
    let mut text = "timeStamp,elapsed,label,success,allThreads\n".to_owned();
    for second in 0..50_u32 {
        let threads = 1 + second / 10;
        for number in 0..10 * threads {
            let start = f64::from(second) + f64::from(number) / f64::from(10 * threads);
            writeln!(text, "{:.0},1,a,true,{threads}", 1e12 + start * 1e3).unwrap();
        }
    }
    let usl = read(&text, &Reading::default()).unwrap().usl.unwrap();
    let expected: Vec<(f64, f64)> = (1..=5).map(|n| (f64::from(n), f64::from(10 * n))).collect();
    assert_eq!(usl.points, expected);
    assert!(usl.sigma.value.unwrap() < 1e-6 && usl.peak_load.is_none());
}

/// Requests at 6/s with a mean service of 0.1 s, as they start and what they take.
fn requests(rng: &mut Xoshiro256PlusPlus, has_queue: bool) -> String {
    let (gap, service) = (Exp::new(6.0).unwrap(), Exp::new(10.0).unwrap());
    let (mut now, mut free) = (0.0_f64, 0.0_f64);
    let mut text = "time,duration\n".to_owned();
    for _ in 0..20_000 {
        now += gap.sample(rng);
        let from = if has_queue { free.max(now) } else { now };
        free = from + service.sample(rng);
        writeln!(text, "{now:.6},{:.6}", free - now).unwrap();
    }
    text
}

/// An M/M/1 queue at 60 %: requests take 1 / (1 - 0.6) = 2.5 services, those that find nobody one.
#[test]
fn waiting_in_what_was_measured_is_said() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(11);
    let waits = |found: &FitResult| {
        found
            .warnings
            .iter()
            .any(|one| one.code == "waiting_inside")
    };
    let found = read(&requests(&mut rng, true), &Reading::default()).unwrap();
    let class = &found.classes[0];
    let alone = class.alone.as_ref().unwrap();
    assert!(holds(&alone.mean_s, 0.1), "{alone:?}");
    let law = alone.law.as_ref().unwrap();
    assert!(holds(&law.mean_s, 0.1), "{law:?}");
    assert!((class.mean_s.unwrap() - 0.25).abs() < 0.02);
    assert!(waits(&found));
    let found = read(&requests(&mut rng, false), &Reading::default()).unwrap();
    assert!(found.classes[0].alone.is_some());
    assert!(!waits(&found), "{:?}", found.warnings);
}

/// Which way a clock rounds is told where a step is a good part of a time. Times of either 10 or
/// 90 ms, give or take, are none of the laws; equal times and few have none.
#[test]
fn what_no_law_can_be_told_from_is_said() {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(3);
    let codes = |text: &str| -> Vec<&'static str> {
        let found = read(text, &Reading::default()).unwrap();
        found.warnings.iter().map(|one| one.code).collect()
    };
    let mut log = |count: usize, digits: usize, time: &dyn Fn(f64, usize) -> f64| {
        let mut text = "time,duration\n".to_owned();
        let unit = Exp::new(1.0).unwrap();
        for number in 0..count {
            let took = time(unit.sample(&mut rng), number);
            writeln!(text, "{number}.500,{took:.digits$}").unwrap();
        }
        text
    };
    let exponential = |unit: f64, _: usize| 0.005 * unit;
    assert_eq!(codes(&log(5_000, 3, &exponential)), ["coarse_clock"]);
    assert!(codes(&log(5_000, 6, &exponential)).is_empty());
    let either = |unit: f64, number: usize| 0.001 * unit + [0.010, 0.090][number % 2];
    assert_eq!(codes(&log(5_000, 6, &either)), ["no_law_is_close"]);
    assert_eq!(codes(&log(50, 6, &|_, _| 0.02)), ["no_law"]);
    assert_eq!(codes(&log(1, 6, &exponential)), ["no_law"]);
}
