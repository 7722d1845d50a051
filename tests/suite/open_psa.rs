//! Fault trees from files: own small ones always, others from the folder that
//! `LINCHPIN_OPEN_PSA` names.

use std::path::{Path, PathBuf};

use linchpin::reliability::{Bdd, Family, NODES_MAX};

use crate::support::open_psa::{Read, read};

/// Trees of the Aralia set with what is known of them: number of minimal cut sets, and the
/// probabilities of their top with either set of probabilities that goes about.
const KNOWN: &[(&str, u128, &[f64])] = &[
    ("baobab1", 46_188, &[1.017_081e-4, 1.2823e-6]),
    ("baobab2", 4_805, &[7.130_183e-4]),
    ("chinese", 392, &[1.170_582e-3, 4.569_322e-3]),
    ("das9201", 14_217, &[1.342_367e-2]),
    ("das9202", 27_778, &[1.011_538e-2]),
    ("das9203", 16_200, &[1.348_797e-3]),
    ("das9204", 16_704, &[2.169_416e-11]),
    ("das9205", 17_280, &[1.384_077e-8]),
    ("das9206", 19_518, &[0.229_686_8]),
    ("das9208", 8_060, &[1.301_790e-2]),
    ("das9209", 82_000_000_000, &[1.058_002e-13]),
    ("edf9201", 579_720, &[0.324_591_4]),
    ("edf9202", 130_112, &[0.781_302_5]),
    ("edf9206", 7_159_688_704, &[8.615_002e-12]),
    ("isp9603", 3_434, &[3.233_264e-3]),
    ("isp9607", 150_436, &[9.495_102e-7]),
];

/// A pump house: two of three pumps on two feeds of power, which they share.
const PUMP_HOUSE: &str = r#"<?xml version="1.0"?>
<opsa-mef>
  <define-fault-tree name="pumps">
    <define-gate name="top"><label>too little water</label><or>
      <atleast min="2"><gate name="p1"/><gate name="p2"/><gate name="p3"/></atleast>
      <and><event name="operator"/><gate name="power"/><house-event name="winter"/></and>
    </or></define-gate>
    <define-gate name="p1"><or><basic-event name="pump1"/><gate name="power"/></or></define-gate>
    <define-gate name="p2"><or>
      <basic-event name="pump2"/><and><basic-event name="feed2"/><event name="diesel"/></and>
    </or></define-gate>
    <define-gate name="p3"><or>
      <basic-event name="pump3"/><basic-event name="feed1"/>
    </or></define-gate>
    <define-gate name="power"><and>
      <event name="feed1"/><event name="feed2"/>
    </and></define-gate>
  </define-fault-tree>
  <model-data>
    <define-house-event name="winter"><constant value="true"/></define-house-event>
    <define-basic-event name="pump1"><float value="0.1"/></define-basic-event>
    <define-basic-event name="pump2"><float value="0.2"/></define-basic-event>
    <define-basic-event name="pump3"><float value="0.15"/></define-basic-event>
    <define-basic-event name="feed1"><float value="0.05"/></define-basic-event>
    <define-basic-event name="feed2"><float value="0.08"/></define-basic-event>
    <define-basic-event name="diesel"><float value="0.3"/></define-basic-event>
    <define-basic-event name="operator"><float value="0.4"/></define-basic-event>
  </model-data>
</opsa-mef>"#;

/// Unavailability and minimal cut sets, and what all states say.
fn by_all_states(tree: &Read) -> (f64, Vec<Vec<usize>>) {
    let count = tree.down.len();
    let fails = |set: usize| tree.tree.fails(|event| (set >> event) & 1 == 1);
    let chance = |set: usize| -> f64 {
        let each = tree.down.iter().enumerate();
        each.map(|(event, q)| if (set >> event) & 1 == 1 { *q } else { 1.0 - q })
            .product()
    };
    let failing: Vec<usize> = (0..1_usize << count).filter(|&set| fails(set)).collect();
    let members = |set: usize| (0..count).filter(move |event| (set >> event) & 1 == 1);
    let minimal = failing
        .iter()
        .filter(|&&set| members(set).all(|event| !fails(set & !(1 << event))));
    let mut sets: Vec<Vec<usize>> = minimal.map(|&set| members(set).collect()).collect();
    sets.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    (failing.iter().map(|&set| chance(set)).sum(), sets)
}

#[test]
fn own_trees_agree_with_all_their_states() {
    let tree = read(PUMP_HOUSE).unwrap();
    assert_eq!(tree.events.len(), 7, "{:?}", tree.events);
    let (chance, sets) = by_all_states(&tree);
    let bdd = Bdd::of(&tree.tree, NODES_MAX).unwrap();
    assert!((bdd.probability(&tree.down) - chance).abs() < 1e-15);
    let family = Family::of_bdd(&bdd, None, NODES_MAX).unwrap();
    assert_eq!(family.list(100).unwrap(), sets);
    let below = Family::of_tree(&tree.tree, None, NODES_MAX).unwrap();
    assert_eq!(below.list(100).unwrap(), sets);
    // By hand: pump1 with pump2, pump3 or feed1; pump2 with pump3 or feed1; feed2 and diesel with
    // pump1, pump3 or feed1; feed1 and feed2, which stop two pumps at once.
    assert_eq!(family.counts(), [0, 0, 6, 2]);
}

#[test]
fn what_is_not_monotone_or_goes_round_is_refused() {
    let operator = "<event name=\"operator\"/>";
    let not = PUMP_HOUSE.replace(operator, &format!("<not>{operator}</not>"));
    assert_eq!(read(&not).unwrap_err(), "<not> is not monotone");
    let round = PUMP_HOUSE.replace("<event name=\"feed1\"/><event", "<gate name=\"p1\"/><event");
    let error = read(&round).unwrap_err();
    assert!(error.ends_with("reads itself"), "{error}");
}

/// The XML files below `folder`, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "xml") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Solves one tree in both ways and holds it to what is known; says what came out.
fn judged(stem: &str, text: &str) -> Result<String, String> {
    let tree = read(text)?;
    let bdd = Bdd::of(&tree.tree, NODES_MAX).map_err(|error| error.to_string())?;
    let chance = bdd.probability(&tree.down);
    let family = Family::of_bdd(&bdd, None, NODES_MAX);
    let family = family.map_err(|error| error.to_string())?;
    let (count, by_order) = (family.count(), family.counts());
    let few = Family::of_tree(&tree.tree, Some(3), NODES_MAX).map_err(|error| error.to_string())?;
    let mut few = few.counts();
    let upto = by_order.len().min(4);
    few.resize(upto.max(few.len()), 0);
    assert_eq!(
        few[..upto],
        by_order[..upto],
        "{stem}: the two ways to cut sets differ"
    );
    if let Some((_, sets, chances)) = KNOWN.iter().find(|(name, ..)| *name == stem) {
        assert_eq!(count, *sets, "{stem}: cut sets");
        let near = |known: &&f64| (chance / **known - 1.0).abs() < 1e-4;
        assert!(
            chances.iter().any(|known| near(&known)),
            "{stem}: {chance:e} of {chances:?}"
        );
    }
    let size = bdd.size();
    Ok(format!(
        "{} events, {size} nodes, {count} cut sets, {chance:e}",
        tree.down.len()
    ))
}

#[test]
fn trees_of_a_folder() {
    let Some(folder) = std::env::var_os("LINCHPIN_OPEN_PSA") else {
        println!(
            "LINCHPIN_OPEN_PSA is not set: {} known trees skipped",
            KNOWN.len()
        );
        return;
    };
    let (mut solved, mut skipped) = (0, 0);
    for path in files(Path::new(&folder)) {
        let stem = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        match judged(&stem, &std::fs::read_to_string(&path).unwrap()) {
            Ok(text) => {
                solved += 1;
                println!("{stem}: {text}");
            }
            Err(why) => {
                skipped += 1;
                println!("{stem}: skipped: {why}");
            }
        }
    }
    println!("{solved} trees solved, {skipped} skipped");
    assert!(solved > 0, "no tree below {}", folder.display());
}
