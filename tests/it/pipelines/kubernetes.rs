//! The `CronJob`: its pod may do little, and its arguments are those of bedrail.

use serde_json::{Value, json};

use super::bench::Bench;
use super::texts;
use crate::cli::SPEC;
use crate::source;

fn manifests() -> Vec<Value> {
    let text = source::text("examples/ci/kubernetes/drift.yaml");
    text.split("\n---\n").map(|one| serde_saphyr::from_str(one).expect("YAML")).collect()
}

#[test]
fn the_pod_is_confined() {
    let all = manifests();
    let kinds: Vec<&str> = all.iter().filter_map(|one| one["kind"].as_str()).collect();
    assert_eq!(kinds, ["Namespace", "NetworkPolicy", "ServiceAccount", "CronJob"]);
    assert_eq!(all[1]["spec"]["policyTypes"], json!(["Ingress", "Egress"]));
    assert!(all[1]["spec"]["ingress"].is_null(), "nothing is let in");
    assert!(all[2]["metadata"]["annotations"]["eks.amazonaws.com/role-arn"].is_string());
    let job = &all[3]["spec"];
    assert_eq!(job["concurrencyPolicy"], "Forbid");
    let pod = &job["jobTemplate"]["spec"]["template"]["spec"];
    assert_eq!((&pod["securityContext"]["runAsNonRoot"], &pod["restartPolicy"]), (&json!(true), &json!("Never")));
    assert_eq!(pod["serviceAccountName"], all[2]["metadata"]["name"]);
    assert_eq!(pod["automountServiceAccountToken"], false);
    let container = &pod["containers"][0];
    let expected =
        json!({"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": {"drop": ["ALL"]}});
    assert_eq!(container["securityContext"], expected);
    assert!(
        container["resources"]["requests"]["cpu"].is_string() && container["resources"]["limits"]["memory"].is_string()
    );
}

#[test]
fn its_arguments_look_for_drift_and_its_policy_knows_the_codes() {
    let job = &manifests()[3]["spec"]["jobTemplate"]["spec"];
    let final_codes = &job["podFailurePolicy"]["rules"][0]["onExitCodes"];
    let arguments = texts(&job["template"]["spec"]["containers"][0]["args"]).join(" ");
    let Some(bench) = Bench::new(SPEC) else { return };
    let arguments = arguments.replace("/spec/", &format!("{}/", bench.desk.path("spec").display()));
    assert_eq!(bench.bash("mkdir spec ignore && cp bedrail.yaml spec/").code, 0);
    let pod = &job["template"]["spec"];
    assert_eq!(pod["containers"][0]["workingDir"], "/ignore");
    assert_eq!(pod["volumes"][1]["configMap"], json!({"name": "bedrail-ignore", "optional": true}));
    let drift = || bench.bash(&format!("cd ignore && \"$BEDRAIL_BINARY\" {arguments}"));
    let ran = drift();
    assert!(ran.code == 2 && ran.stdout.starts_with("<!-- bedrail:drift stack=acme"), "{ran:?}");
    assert_eq!(final_codes["values"], json!([2, 64]), "drift is no failure to try again");
    // The list is that of the ConfigMap, where there is one.
    let ignored =
        "ignore: [{address: '*', reason: Not yet, owner: me, expires: '2099-01-01', allow_weakening: true}]\n";
    bench.desk.write("ignore/drift.ignore.yaml", ignored);
    let ran = drift();
    assert!(ran.code == 0 && ran.stdout.contains("Not yet"), "{ran:?}");
    bench.desk.write("ignore/drift.ignore.yaml", "");
    assert_eq!(bench.bedrail("apply --yes -q").code, 0);
    let ran = drift();
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(bench.bedrail(&format!("{arguments} --no-such-flag")).code, 64);
    bench.done();
}
