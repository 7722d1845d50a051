//! What people and programs read of a result: terminal, JSON, CSV, Markdown and SVG.
//!
//! Nothing here knows how a result came about, and nothing here computes beyond formatting: every
//! number stands in the result. `files_of_...` gives the files that `-o DIR` writes, as names with
//! bytes; [`write::write_all`] puts them there. The same result always gives the same bytes.

pub mod csv;
pub mod fitted;
pub mod graph;
pub mod incident;
pub mod json;
pub mod markdown;
pub mod number;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod plot;
#[cfg(test)]
mod sample;
pub mod terminal;
mod unit;
pub mod words;
pub mod write;
pub mod zones;

pub use terminal::{
    Style, render_capacity, render_closing, render_compare, render_curve, render_drill,
    render_estimate, render_fewest, render_fit, render_frontier, render_highest, render_plan,
    render_run, render_spof, render_sweep,
};

use crate::experiment::result::{
    CapacityResult, CompareResult, CurveResult, DrillResult, EstimateResult, FewestResult,
    FitResult, FrontierResult, HighestResult, PlanResult, RunResult, SpofResult, SweepResult,
};

/// A file as name and content.
pub type File = (String, Vec<u8>);

/// Joins the JSON with further texts under their names.
fn files(summary: String, others: Vec<(&str, String)>) -> Vec<File> {
    let mut all = vec![("summary.json".to_owned(), summary.into_bytes())];
    all.extend(
        others
            .into_iter()
            .map(|(name, text)| (name.to_owned(), text.into_bytes())),
    );
    all
}

/// `summary.json`, tables and plots of a run. A plot without data is left out.
pub fn files_of_run(run: &RunResult) -> Vec<File> {
    let mut others = vec![
        ("components.csv", csv::components(run)),
        ("classes.csv", csv::classes(run)),
        ("links.csv", csv::links(run)),
        ("timeseries.csv", csv::time_series(run)),
    ];
    others.extend(plot::of_run(run));
    files(json::pretty(run), others)
}

/// `summary.json`, `points.csv` and `curve.svg`.
pub fn files_of_curve(curve: &CurveResult) -> Vec<File> {
    let mut others = vec![("points.csv", csv::points(curve))];
    others.extend(plot::of_curve(curve));
    files(json::pretty(curve), others)
}

/// `summary.json` and `loads.csv`.
pub fn files_of_capacity(capacity: &CapacityResult) -> Vec<File> {
    let others = vec![("loads.csv", csv::loads(capacity))];
    files(json::pretty(capacity), others)
}

/// `summary.json` and `loads.csv`.
pub fn files_of_highest(found: &HighestResult) -> Vec<File> {
    let others = vec![("loads.csv", csv::looked(found))];
    files(json::pretty(found), others)
}

/// `summary.json` and `values.csv`.
pub fn files_of_fewest(found: &FewestResult) -> Vec<File> {
    let others = vec![("values.csv", csv::values(found))];
    files(json::pretty(found), others)
}

/// `summary.json` and `incident.md`.
pub fn files_of_drill(drill: &DrillResult) -> Vec<File> {
    let others = vec![("incident.md", incident::report(drill))];
    files(json::pretty(drill), others)
}

/// `summary.json`, `designs.csv`, `differences.csv`, `compare.md` and `compare.svg`.
pub fn files_of_compare(compare: &CompareResult) -> Vec<File> {
    let mut others = vec![
        ("designs.csv", csv::designs(compare)),
        ("differences.csv", csv::differences(compare)),
        ("compare.md", markdown::compare(compare)),
    ];
    others.extend(plot::of_compare(compare));
    files(json::pretty(compare), others)
}

/// `summary.json`, `frontier.csv` and `frontier.svg`.
pub fn files_of_frontier(found: &FrontierResult) -> Vec<File> {
    let mut others = vec![("frontier.csv", csv::frontier(found))];
    others.extend(plot::of_frontier(found));
    files(json::pretty(found), others)
}

/// `summary.json`, `single_points.csv` and `spof.svg`.
pub fn files_of_spof(spof: &SpofResult) -> Vec<File> {
    let mut others = vec![("single_points.csv", csv::single_points(spof))];
    others.extend(plot::of_spof(spof));
    files(json::pretty(spof), others)
}

/// `summary.json`, `points.csv`, `sensitivities.csv` and plots, with the feature `parquet` also
/// `points.parquet`. A plot without data is left out.
pub fn files_of_sweep(sweep: &SweepResult) -> Vec<File> {
    let mut others = vec![
        ("points.csv", csv::sweep_points(sweep)),
        ("sensitivities.csv", csv::sensitivities(sweep)),
    ];
    others.extend(plot::of_sweep(sweep));
    let files = files(json::pretty(sweep), others);
    #[cfg(feature = "parquet")]
    let files = [files, parquet::sweep_points(sweep).into_iter().collect()].concat();
    files
}

/// `summary.json`.
pub fn files_of_estimate(estimate: &EstimateResult) -> Vec<File> {
    files(json::pretty(estimate), Vec::new())
}

/// `summary.json`, `laws.csv` and `fitted.ron`, a topology with what was fitted, where there is a
/// law to write.
pub fn files_of_fit(fit: &FitResult) -> Vec<File> {
    let mut others = vec![("laws.csv", csv::laws(fit))];
    others.extend(fitted::topology(fit).map(|text| ("fitted.ron", text)));
    files(json::pretty(fit), others)
}

/// `summary.json`.
pub fn files_of_plan(plan: &PlanResult) -> Vec<File> {
    files(json::pretty(plan), Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(files: &[File]) -> Vec<&str> {
        files.iter().map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn each_command_writes_its_files() {
        assert_eq!(
            names(&files_of_run(&sample::run())),
            [
                "summary.json",
                "components.csv",
                "classes.csv",
                "links.csv",
                "timeseries.csv",
                "distribution.svg",
                "utilisation.svg",
                "timeseries.svg",
            ]
        );
        let curve = files_of_curve(&sample::curve());
        assert_eq!(names(&curve), ["summary.json", "points.csv", "curve.svg"]);
        let capacity = files_of_capacity(&sample::capacity());
        assert_eq!(names(&capacity), ["summary.json", "loads.csv"]);
        let highest = files_of_highest(&sample::highest());
        assert_eq!(names(&highest), ["summary.json", "loads.csv"]);
        let fewest = files_of_fewest(&sample::fewest());
        assert_eq!(names(&fewest), ["summary.json", "values.csv"]);
        let compare = files_of_compare(&sample::compare());
        let expected = [
            "summary.json",
            "designs.csv",
            "differences.csv",
            "compare.md",
            "compare.svg",
        ];
        assert_eq!(names(&compare), expected);
        let frontier = files_of_frontier(&sample::frontier());
        let expected = ["summary.json", "frontier.csv", "frontier.svg"];
        assert_eq!(names(&frontier), expected);
        let spof = files_of_spof(&sample::spof());
        assert_eq!(
            names(&spof),
            ["summary.json", "single_points.csv", "spof.svg"]
        );
    }

    #[test]
    fn a_saturated_run_has_no_distribution_to_draw() {
        let files = files_of_run(&sample::saturated());
        assert!(!names(&files).contains(&"distribution.svg"));
        assert!(names(&files).contains(&"utilisation.svg"));
    }

    #[test]
    fn equal_results_give_equal_bytes() {
        assert_eq!(files_of_run(&sample::run()), files_of_run(&sample::run()));
        assert_eq!(
            files_of_curve(&sample::curve()),
            files_of_curve(&sample::curve())
        );
    }
}
