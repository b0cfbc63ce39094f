//! A checkout with a spec, a served local AWS, and programs that stand in for those of a pipeline's machine.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::cli::served::Serving;
use crate::cli::{Desk, Ran};
use crate::source;

/// The release that `install.sh` finds.
const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(super) struct Bench {
    pub(super) desk: Desk,
    serving: Serving,
    /// What every step has in its environment.
    pub(super) environment: BTreeMap<String, String>,
}

impl Bench {
    /// A bench with this spec; none, said loudly, where a program is missing that every machine of a pipeline has.
    pub(super) fn new(spec: &str) -> Option<Self> {
        let missing = ["bash", "git", "jq", "python3", "sha256sum", "tar"].into_iter().find(|program| {
            !Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
        });
        if let Some(program) = missing {
            assert!(std::env::var_os("CI").is_none(), "{program} is missing");
            let _ = writeln!(std::io::stderr(), "SKIPPED: the pipelines were not run: {program} is missing");
            return None;
        }
        let desk = Desk::new(spec);
        let serving = Serving::start(&desk);
        let fakes = source::root().join("tests/it/pipelines/fakes");
        let path = std::env::var("PATH").unwrap_or_default();
        let mut environment: BTreeMap<String, String> = [
            ("PATH", format!("{}:{path}", fakes.display())),
            ("HOME", desk.path("").display().to_string()),
            ("FAKES", desk.path("fakes").display().to_string()),
            ("BEDRAIL_BINARY", env!("CARGO_BIN_EXE_bedrail").to_owned()),
            ("AWS_ENDPOINT_URL", serving.endpoint.clone()),
            ("AWS_ACCESS_KEY_ID", "AKIA111122223333".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "sandbox".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        // Python's programs may have been put there by a version manager, which looks for itself.
        environment.extend(std::env::var("PYENV_ROOT").ok().map(|root| ("PYENV_ROOT".to_owned(), root)));
        let bench = Self { desk, serving, environment };
        bench.release();
        Some(bench)
    }

    /// Makes the archive of a release, whose binary is the one under test.
    fn release(&self) {
        for folder in ["fakes/releases", "fakes/archive", "temp"] {
            fs::create_dir_all(self.desk.path(folder)).expect("a folder");
        }
        self.desk.write("fakes/archive/bedrail", "#!/bin/sh\nexec \"$BEDRAIL_BINARY\" \"$@\"\n");
        let name = format!("bedrail-{VERSION}-x86_64-unknown-linux-musl.tar.gz");
        let ran = self.bash(&format!(
            "chmod +x fakes/archive/bedrail && tar -czf fakes/releases/{name} -C fakes/archive bedrail &&
             cd fakes/releases && sha256sum * >SHA256SUMS"
        ));
        assert_eq!(ran.code, 0, "{ran:?}");
    }

    /// Runs a text with bash as GitHub does.
    pub(super) fn bash(&self, text: &str) -> Ran {
        self.bash_with(text, &BTreeMap::new())
    }

    pub(super) fn bash_with(&self, text: &str, environment: &BTreeMap<String, String>) -> Ran {
        self.bash_in(&self.desk.path(""), text, environment)
    }

    /// The same in another folder.
    pub(super) fn bash_in(&self, folder: &Path, text: &str, environment: &BTreeMap<String, String>) -> Ran {
        self.desk.write("step.sh", text);
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-eo", "pipefail"])
            .arg(self.desk.path("step.sh"))
            .current_dir(folder)
            .env_clear()
            .envs(&self.environment)
            .envs(environment)
            .stdin(Stdio::null());
        command.output().expect("bash runs").into()
    }

    /// One of the scripts that pipelines share.
    pub(super) fn script(&self, name: &str, arguments: &str, environment: &[(&str, &str)]) -> Ran {
        let path = source::root().join("examples/ci/scripts").join(name);
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.bash_with(&format!("{} {arguments}", path.display()), &environment)
    }

    /// Notes what a commit holds, as [`Self::check_out`] finds it.
    pub(super) fn commit(&self, commit: &str, files: &[(&str, &str)]) {
        fs::create_dir_all(self.desk.path(&format!("commits/{commit}"))).expect("a folder");
        for (name, text) in files {
            self.desk.write(&format!("commits/{commit}/{name}"), text);
        }
    }

    /// Stands in for GitHub's checkout: the files of a noted commit, `head` where none is asked for, into a folder of their
    /// own. What is checked out where the bench is, is there.
    pub(super) fn check_out(&self, with: &BTreeMap<String, String>) {
        let Some(path) = with.get("path") else { return };
        let commit = with.get("ref").map_or("head", String::as_str);
        let into = self.desk.path(path);
        let _ = fs::remove_dir_all(&into);
        fs::create_dir_all(&into).expect("a folder");
        for entry in fs::read_dir(self.desk.path(&format!("commits/{commit}"))).expect("a noted commit") {
            let from = entry.expect("an entry").path();
            let name = from.file_name().and_then(|name| name.to_str()).expect("a name");
            if with.get("sparse-checkout").is_none_or(|only| only.lines().any(|one| one == name)) {
                fs::copy(&from, into.join(name)).expect("a copy");
            }
        }
    }

    pub(super) fn temp(&self) -> PathBuf {
        self.desk.path("temp")
    }

    /// A file that the programs in place of GitHub keep.
    pub(super) fn kept(&self, name: &str) -> Value {
        fs::read_to_string(self.desk.path("fakes").join(name))
            .map_or_else(|_| Value::Array(Vec::new()), |text| serde_json::from_str(&text).expect("JSON"))
    }

    pub(super) fn keep(&self, name: &str, value: &Value) {
        self.desk.write(&format!("fakes/{name}"), &value.to_string());
    }

    /// bedrail itself, without a pipeline.
    pub(super) fn bedrail(&self, arguments: &str) -> Ran {
        self.bash(&format!("\"$BEDRAIL_BINARY\" {arguments}"))
    }

    /// Puts the scripts where GitLab's and `CodeBuild`'s files look for them.
    pub(super) fn vendor(&self) {
        let ran = self.bash(&format!(
            "mkdir -p ci && cp -R '{}' ci/bedrail",
            source::root().join("examples/ci/scripts").display()
        ));
        assert_eq!(ran.code, 0, "{ran:?}");
    }

    pub(super) fn done(self) {
        assert_eq!(self.serving.stop(), Some(0));
    }
}
