"""On PYTHONPATH, where Python finds it at its start: with FAKE_WINDOWS=1 the app believes to be on Windows.

- The code of `vae_gui` reads `sys.platform` as "win32" and cannot import modules of POSIX.
- `os` and `signal` lack what they lack there; `ctypes` finds libraries of Windows, which do nothing.
- A file that a process has open or mapped, or that is read-only, cannot be replaced or removed; a folder cannot be
  opened, a symbolic link not made; names that Windows refuses, and paths that are too long for it, cannot be made. Only files below the folder
  for temporary ones are judged, where the tests write.
- FAKE_SCANNER=n refuses the first n times that each file is replaced or removed, as a virus scanner does.
"""

import ast
import ctypes
import errno
import os
import re
import shutil
import signal
import stat
import sys
import tempfile
from collections import Counter
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder, SourceFileLoader

MAX_PATH_LENGTH = 259
MISSING_MODULES = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "termios"}
MISSING_SIGNALS = (
    "SIGALRM",
    "SIGCONT",
    "SIGHUP",
    "SIGQUIT",
    "SIGSTOP",
    "SIGTSTP",
    "SIGUSR1",
    "SIGUSR2",
)
MISSING_FUNCTIONS = ("SEEK_DATA", "SEEK_HOLE", "getpgid", "killpg", "nice")
FORBIDDEN = re.compile(r'[<>:"|?*\\\x00-\x1f]|[. ]$')
DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


class Windows(ast.NodeTransformer):
    """Writes the platform into the code, and an error for each import of what is not there."""

    def visit_Attribute(self, node):
        if ast.unparse(node) == "sys.platform":
            return ast.copy_location(ast.Constant("win32"), node)
        return self.generic_visit(node)

    def visit_Import(self, node):
        return self._import(node, {alias.name for alias in node.names})

    def visit_ImportFrom(self, node):
        return self._import(node, {node.module})

    def _import(self, node, modules):
        missing = sorted(MISSING_MODULES & modules)
        if not missing:
            return node
        error = ast.parse(f"raise ImportError('Windows has no {missing[0]}')").body[0]
        return ast.fix_missing_locations(ast.copy_location(error, node))


class Loader(SourceFileLoader):
    def get_code(self, fullname):
        path = self.get_filename(fullname)
        tree = Windows().visit(ast.parse(self.get_data(path), path))
        return compile(tree, path, "exec", dont_inherit=True)


class Finder(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] != "vae_gui":
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            spec.loader = Loader(spec.loader.name, spec.loader.path)
        return spec


class Files:
    """The rules of Windows for files, in the place of functions of `os`."""

    def __init__(self, scanner):
        self.real = {
            name: getattr(os, name) for name in ("open", "rename", "replace", "symlink", "unlink")
        }
        self.place = os.path.realpath(tempfile.gettempdir()) + os.sep
        self.scanner, self.scanned = scanner, Counter()

    def install(self):
        os.replace, os.rename, os.open = self.replace, self.rename, self.open
        os.unlink = os.remove = self.unlink
        os.symlink = self.symlink
        shutil._use_fd_functions = False  # rmtree goes by paths there
        sys.addaudithook(self.judge_new_name)

    def judges(self, path):
        return isinstance(path, str | os.PathLike) and os.path.abspath(path).startswith(self.place)

    def replace(self, source, target, **options):
        if self.judges(target):
            self.judge_name(target)
            self.refuse_held(source)
            self.refuse_kept(target)
        return self.real["replace"](source, target, **options)

    def rename(self, source, target, **options):
        if self.judges(target):
            self.judge_name(target)
            if os.path.exists(target):
                raise FileExistsError(errno.EEXIST, "It is there already", os.fspath(target))
            self.refuse_held(source)
        return self.real["rename"](source, target, **options)

    def unlink(self, path, **options):
        if options.get("dir_fd") is None and self.judges(path):
            self.refuse_kept(path)
        return self.real["unlink"](path, **options)

    def symlink(self, source, target, *arguments, **options):
        if sys._getframe(1).f_globals["__name__"] == "venv":  # makes a Python of this system
            return self.real["symlink"](source, target, *arguments, **options)
        raise OSError(errno.EPERM, "A required privilege is not held", os.fspath(target))

    def open(self, path, *arguments, **options):
        if self.judges(path) and os.path.isdir(path):
            raise PermissionError(errno.EACCES, "A folder cannot be opened", os.fspath(path))
        return self.real["open"](path, *arguments, **options)

    def refuse_kept(self, path):
        """Refuse what is held, read-only or being scanned."""
        if not os.path.lexists(path):
            return
        self.refuse_held(path)
        mode = os.lstat(path).st_mode
        if stat.S_ISREG(mode) and not mode & stat.S_IWRITE:
            raise PermissionError(errno.EACCES, "Access is denied", os.fspath(path))
        self.scanned[os.fspath(path)] += 1
        if self.scanned[os.fspath(path)] <= self.scanner:
            raise PermissionError(errno.EACCES, "A scanner has it open", os.fspath(path))

    def refuse_held(self, path):
        if os.path.isfile(path) and is_held(os.path.realpath(path)):
            raise PermissionError(errno.EACCES, "Another process has it open", os.fspath(path))

    def judge_new_name(self, event, arguments):
        """Judge the name where a file is opened to be written."""
        if event == "open" and self.judges(arguments[0]):
            flags = arguments[2]
            if isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR):
                self.judge_name(arguments[0])

    def judge_name(self, path):
        """Refuse what Windows cannot make."""
        path = os.path.abspath(path)
        if len(path) > MAX_PATH_LENGTH:
            raise FileNotFoundError(errno.ENOENT, "The path is too long", path)
        for part in path.split(os.sep)[1:]:
            if FORBIDDEN.search(part) or DEVICE.fullmatch(part):
                raise OSError(errno.EINVAL, "Invalid argument", path)


class Library:
    """A library of Windows: each of its functions does nothing, well."""

    def __init__(self, name):
        self.name = name

    def __getattr__(self, name):
        function = Function()
        setattr(self, name, function)
        return function


class Function:
    def __call__(self, *_arguments):
        return 1


def is_held(path):
    """Tell whether a process has a file open or mapped."""
    for process in filter(str.isdigit, os.listdir("/proc")):
        folder = f"/proc/{process}"
        try:
            for descriptor in os.listdir(f"{folder}/fd"):
                if os.readlink(f"{folder}/fd/{descriptor}") == path:
                    return True
            with open(f"{folder}/maps", errors="replace") as maps:
                if path in maps.read():
                    return True
        except OSError:  # it has ended, or is another user's
            continue
    return False


if os.environ.get("FAKE_WINDOWS") == "1":
    sys.meta_path.insert(0, Finder())
    ctypes.WinDLL = Library
    for owner, names in ((signal, MISSING_SIGNALS), (os, MISSING_FUNCTIONS)):
        for name in names:
            if hasattr(owner, name):
                delattr(owner, name)
    Files(int(os.environ.get("FAKE_SCANNER", "0"))).install()
