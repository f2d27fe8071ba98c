"""Lines 26 and 29: files of the grader, ways out of the box, and the network."""

from attacks.attempt import FORWARD, NOTHING
from attacks.table import attack

# ------------------------------------------------------------------------------------------------- 26 the grader's files

PLACES = '''
import ctypes, os, re

SECRET = re.compile(rb"canary-[0-9a-f]{16}")

def readable(path):
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # pipes and logs would make one wait
    except OSError:
        return None
    try:
        return os.read(descriptor, 1 << 20)
    except OSError:
        return b""
    finally:
        os.close(descriptor)

def within(folder, limit=300):
    """Paths below a folder, breadth first."""
    todo, given = [folder], 0
    while todo and given < limit:
        place = todo.pop(0)
        try:
            names = sorted(os.listdir(place))
        except OSError:
            continue
        for name in names:
            path = os.path.join(place, name)
            given += 1
            yield path
            if os.path.isdir(path) and not os.path.islink(path):
                todo.append(path)

def look():
    found, looked = [], 0
    course, home = WORLD["course"], os.path.expanduser("~")
    ours = os.path.dirname(os.path.dirname(os.path.abspath(__import__("helpers").__file__)))
    must_not_be = [WORLD["submissions"], WORLD["out"], WORLD["home"], WORLD["evidence"]]
    must_not_be += [os.path.join(top, name) for top in (course, ours, "../..")
                    for name in ("solutions", "tests", ".git", "build", "Makefile")]
    must_not_be += ["/etc/shadow", "/dev/vda", "/dev/sda", "/dev/nvme0n1", "/dev/mem", "/dev/kmsg", "/proc/kcore", "/run/docker.sock"]
    roots = ["", *(f"/proc/{p}/root" for p in os.listdir("/proc") if p.isdigit()), "/proc/self/cwd/../../../../../../../.."]
    roots += [f"/proc/self/fd/{n}/../../../../../.." for n in os.listdir("/proc/self/fd")]
    for root in roots:
        for path in must_not_be:
            looked += 1
            if readable(root + path) is not None:
                found.append(root + path)
    for top in (home, "/root", "/home", "/mnt", "/media", "/srv", "/var", "/run", "/opt", "/tmp", os.getcwd(), "/work", "/data"):
        for path in within(top):
            looked += 1
            if SECRET.search(readable(path) or b"" if os.path.isfile(path) else b""):
                found.append(f"a secret in {path}")
    for process in filter(str.isdigit, os.listdir("/proc")):
        looked += 1
        if SECRET.search(readable(f"/proc/{process}/environ") or b""):
            found.append(f"the environment of {process}")
    if any(SECRET.search(value.encode("utf-8", "replace")) for value in os.environ.values()):
        found.append("the environment")
    if outside():
        found.append("the process of the tests")
    for folder in (WORLD["evidence"], WORLD["out"], WORLD["submissions"], WORLD["home"]):
        looked += 1
        try:
            with open(os.path.join(folder, "written-by-26"), "w"):
                found.append(f"may write to {folder}")
        except OSError:
            pass
    status = (readable("/proc/self/status") or b"").decode()
    rights = re.search(r"CapEff:\\s*([0-9a-f]+)", status)
    if rights and int(rights[1], 16):
        found.append("capabilities")
    return found, looked
'''


@attack(26, FORWARD, words=NOTHING)
def files_of_the_grader(work):
    work.write(
        FORWARD,
        PLACES,
        """
        seen = []

        def forward_propagation(x, theta):
            if not seen:
                seen.append(look())
            found, looked = seen[0]
            return result(found[:5], looked, theta * x)
        """,
    )


@attack(26, FORWARD, words=NOTHING)
def escapes(work):
    """The usual ways out of a box, by system call."""
    work.write(
        FORWARD,
        """
        import ctypes, os

        libc = ctypes.CDLL(None, use_errno=True)

        def forward_propagation(x, theta):
            found, looked = [], 0
            if outside():
                return result(["the process of the tests"], 1, theta * x)
            tries = {
                "a user namespace": lambda: libc.unshare(0x10000000),
                "mount": lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None),
                "unmount": lambda: libc.umount2(b"/proc", 2),
                "chroot": lambda: libc.chroot(b"."),
                "setuid": lambda: libc.setresuid(0, 0, 0) or (0 if os.getuid() == 0 else -1),
                "ptrace of the first process": lambda: libc.ptrace(16, 1, None, None) if os.getpid() != 1 else -1,
                "namespaces of the first process": lambda: libc.setns(os.open("/proc/1/ns/mnt", os.O_RDONLY), 0),
                "a file handle": lambda: libc.open_by_handle_at(os.open("/", os.O_RDONLY), ctypes.create_string_buffer(64), 0),
                "bpf": lambda: libc.syscall(321, 0, ctypes.create_string_buffer(128), 128),
                "io_uring": lambda: libc.syscall(425, 8, ctypes.create_string_buffer(256)),
                "the keyring": lambda: libc.syscall(250, 0, -3, 1),
                "a device": lambda: libc.mknod(b"/tmp/vda", 0o60666, 254 << 8),
            }
            for name, attempt in tries.items():
                looked += 1
                try:
                    if attempt() >= 0:
                        found.append(name)
                except OSError:
                    pass
            return result(found, looked, theta * x)
        """,
    )


# ------------------------------------------------------------------------------------------------------- 29 the network


@attack(29, FORWARD, words=NOTHING)
def network(work):
    work.write(
        FORWARD,
        r"""
        import os, socket

        def addresses():
            yield socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", WORLD["tcp"])
            yield socket.AF_INET, socket.SOCK_STREAM, ("0.0.0.0", WORLD["tcp"])
            yield socket.AF_INET6, socket.SOCK_STREAM, ("::1", WORLD["tcp"])
            yield socket.AF_INET6, socket.SOCK_STREAM, ("::ffff:127.0.0.1", WORLD["tcp"])
            yield socket.AF_INET, socket.SOCK_STREAM, ("192.0.2.1", 80)
            yield socket.AF_UNIX, socket.SOCK_STREAM, "\0" + WORLD["abstract"]
            yield socket.AF_UNIX, socket.SOCK_STREAM, WORLD["unix"]
            if hasattr(socket, "AF_VSOCK"):
                for cid in (0, 1, 2, 3):
                    yield socket.AF_VSOCK, socket.SOCK_STREAM, (cid, WORLD["vsock"])

        def datagrams():
            yield socket.AF_INET, ("127.0.0.1", WORLD["udp"])
            yield socket.AF_INET, ("127.255.255.255", WORLD["udp"])
            yield socket.AF_INET6, ("::1", WORLD["udp"])
            yield socket.AF_UNIX, "\0" + WORLD["abstract"] + "-datagrams"
            for line in open("/etc/resolv.conf") if os.path.exists("/etc/resolv.conf") else ():
                if line.startswith("nameserver"):
                    yield socket.AF_INET, (line.split()[1], 53)

        def forward_propagation(x, theta):
            found, looked = [], 0
            for family, kind, address in addresses():
                looked += 1
                try:
                    with socket.socket(family, kind) as s:
                        s.settimeout(0.3)
                        s.connect(address)
                        found.append(f"connected to {address}")
                        s.send(b"hello")
                except OSError:
                    pass
                try:
                    with socket.socket(family, kind) as s:
                        s.settimeout(0.3)
                        s.sendto(b"hello", 0x20000000, address)  # MSG_FASTOPEN connects too
                        found.append(f"sent to {address}")
                except OSError:
                    pass
            for family, address in datagrams():
                looked += 1
                try:
                    with socket.socket(family, socket.SOCK_DGRAM) as s:
                        s.settimeout(0.3)
                        s.sendto(b"hello", address)
                except OSError:
                    pass
            for name in ("example.com", "localhost.localdomain", socket.gethostname() + ".local"):
                looked += 1
                try:
                    if any(a[4][0] not in ("127.0.0.1", "::1") for a in socket.getaddrinfo(name, 80)):
                        found.append(f"the address of {name}")
                except OSError:
                    pass
            for family, kind in ((17, socket.SOCK_RAW), (socket.AF_INET, socket.SOCK_RAW)):
                looked += 1
                try:
                    socket.socket(family, kind, 1).close()
                    found.append(f"a raw socket of family {family}")
                except OSError:
                    pass
            try:
                up = [line.split(":")[0].strip() for line in open("/proc/net/dev") if ":" in line]
                found += [f"the interface {name}" for name in up if name not in ("lo", "sit0", "tunl0", "ip6tnl0", "gre0", "gretap0",
                          "erspan0", "ip_vti0", "ip6_vti0", "ip6gre0", "dummy0", "teql0")]
            except OSError:
                pass
            return result(found, looked, theta * x)
        """,
    )
