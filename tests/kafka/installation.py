"""Where the tests' Kafka broker comes from: jars in the user's cache, fetched once by Maven.

The cache holds one folder per pinned version.  It is made under a lock and appears by a rename, so
that two test runs at once, or one that is interrupted, never see half of it.
"""

import contextlib
import dataclasses
import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree

POM = pathlib.Path(__file__).with_name("pom.xml")

# A broker of a test lives for seconds: quick start and a small footprint beat peak speed.
JVM_FLAGS = [
    "-Xmx96m",
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    "-Djava.awt.headless=true",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
]


class LauncherError(Exception):
    """Says what a person has to mend before brokers can start."""


@dataclasses.dataclass(frozen=True)
class Installation:
    """A broker that can be started."""

    java: str
    folder: pathlib.Path

    def command(self, main_class, *arguments, flags=()):
        """The command line that runs one of Kafka's programs."""
        # Sorted: a class archive is only used with the very class path that it was made with.
        jars = sorted(str(jar) for jar in (self.folder / "jars").glob("*.jar"))
        class_path = ":".join(jars)
        return [self.java, *JVM_FLAGS, *flags, "-cp", class_path, main_class, *arguments]

    @property
    def archive(self):
        """The archive of parsed classes, one per Java: takes a start from 2.5 s to 1 s."""
        java = pathlib.Path(self.java).resolve()
        identity = f"{java} {java.stat().st_mtime_ns} {' '.join(JVM_FLAGS)}"
        digest = hashlib.sha256(identity.encode()).hexdigest()[:12]
        return self.folder / f"classes-{digest}.jsa"

    @property
    def bootstrap_checkpoint(self):
        """What a formatted storage folder starts with, apart from the node's own names."""
        return self.folder / "bootstrap.checkpoint"


def kafka_version():
    """The version that pom.xml pins."""
    namespace = {"m": "http://maven.apache.org/POM/4.0.0"}
    root = xml.etree.ElementTree.parse(POM).getroot()
    return root.findtext("m:properties/m:kafka.version", namespaces=namespace)


def cache_folder():
    """Where the cache of this project is: $XDG_CACHE_HOME or ~/.cache."""
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "ireserve-mattermost"


@contextlib.contextmanager
def locked():
    """Keeps other processes from filling the cache meanwhile."""
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "kafka.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def find_program(name, package):
    """The path of a program that the launcher cannot do without."""
    home = os.environ.get("JAVA_HOME")
    if name == "java" and home:
        return os.path.join(home, "bin", "java")
    path = shutil.which(name)
    if not path:
        raise LauncherError(f"{name} is missing; on Debian: apt install {package}")
    return path


def run(command):
    """Runs a program to its end; its output is part of the error when it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise LauncherError(f"{command[0]} failed ({done.returncode}):\n{done.stdout[-4000:]}")


def fetch_jars(folder):
    """Resolves the pinned jars into a folder."""
    mvn = find_program("mvn", "maven")
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime"]
    run([mvn, "-q", "-B", "-ntp", "-f", str(POM), *goal, f"-DoutputDirectory={folder}"])


def format_storage(installation, scratch):
    """Formats a storage folder once; every broker starts with a copy of it (4 ms, not 1 s)."""
    settings = scratch / "format.properties"
    settings.write_text(
        "process.roles=broker,controller\n"
        "node.id=1\n"
        "listeners=CLIENT://127.0.0.1:1,CONTROLLER://127.0.0.1:2\n"
        "inter.broker.listener.name=CLIENT\n"
        "controller.listener.names=CONTROLLER\n"
        "controller.quorum.voters=1@127.0.0.1:2\n"
        "listener.security.protocol.map=CONTROLLER:PLAINTEXT,CLIENT:PLAINTEXT\n"
        f"log.dirs={scratch}/formatted\n"
    )
    arguments = ["format", "-t", "AAAAAAAAAAAAAAAAAAAAAQ", "-c", str(settings)]
    run(installation.command("kafka.tools.StorageTool", *arguments))
    formatted = scratch / "formatted" / "bootstrap.checkpoint"
    shutil.copyfile(formatted, installation.bootstrap_checkpoint)


def install():
    """Gives the installation, fetching it when this user has none of this version yet."""
    java = find_program("java", "default-jre-headless")
    version = kafka_version()
    target = cache_folder() / f"kafka-{version}"
    with locked():
        if not target.is_dir():
            scratch = pathlib.Path(tempfile.mkdtemp(prefix=".kafka-", dir=cache_folder()))
            try:
                fetch_jars(scratch / "new" / "jars")
                format_storage(Installation(java, scratch / "new"), scratch)
                os.rename(scratch / "new", target)
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
    return Installation(java, target)
