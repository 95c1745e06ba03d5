"""The whole configuration: one definition of every key, default and meaning.

The JSON schema, the reference page and ``--explain`` are made from these models.
"""

import difflib
from collections.abc import Iterator, Mapping
from glob import glob
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, ValidationError, model_validator

from latentscape.crate.settings import Provenance
from latentscape.errors import InputError, reading
from latentscape.evaluation.settings.analyses import Analyses
from latentscape.lartpc.geometry import Detector
from latentscape.lartpc.settings.samples import Sample
from latentscape.lartpc.settings.study import Lartpc
from latentscape.learning.settings import Model, check_architecture
from latentscape.learning.sweeps import Sweep, SweepPlan, plan_sweep
from latentscape.settings import Settings
from latentscape.yaml_files import read_yaml

Part = TypeVar("Part", bound=Settings)


class Config(Settings):
    """What a user can set."""

    seed: int = Field(default=42, ge=0, description="Every random seed derives from this number")
    seeds: int = Field(default=3, gt=0, description="Trainings per model")
    checksums: str | None = Field(
        default=None,
        description="File of SHA-256 checksums, as `sha256sum` writes it, with which every input "
        "file must agree; a path in it is relative to the working folder, or else to the folder of "
        "that file itself",
    )
    detector: str = Field(
        default="lariat",
        description="Detector: a name in resources/detectors, or the path of such a YAML file",
    )
    samples: dict[str, Sample] = Field(min_length=1, description="Samples by name")
    models: dict[str, Model] = Field(default={}, description="Models by name")
    sweeps: dict[str, Sweep] = Field(
        default={}, description="Sweeps by name: many models laid out over a base model"
    )
    lartpc: Lartpc = Field(default=Lartpc(), description="Steps of the LArTPC study")
    analyses: Analyses = Field(default=Analyses(), description="Analyses of the latent space")
    provenance: Provenance = Field(
        default=Provenance(), description="What the record of a run says beyond what is measured"
    )

    @model_validator(mode="before")
    @classmethod
    def _inherit(cls, content: Any) -> Any:
        if isinstance(content, Mapping) and isinstance(content.get("models"), Mapping):
            models = content["models"]
            heirs = {name: _inherited(name, models) for name in models}
            content = {**content, "models": heirs}
            if isinstance(content.get("sweeps"), Mapping):
                content["sweeps"] = {
                    name: _with_base_training(sweep, heirs)
                    for name, sweep in content["sweeps"].items()
                }
        return content

    @model_validator(mode="after")
    def _names_fit(self) -> "Config":
        for kind, names in (
            ("samples", self.samples),
            ("models", self.models),
            ("sweeps", self.sweeps),
            ("lartpc.validation.samples", self.lartpc.validation.samples),
        ):
            for name in names:
                if not name.isidentifier():
                    raise ValueError(f"{kind}.{name}: a name needs letters, digits and _ only")
        for name in self.lartpc.validation.samples:
            if name in self.samples:
                raise ValueError(
                    f"lartpc.validation.samples.{name}: the study has a sample of this name. "
                    "Rename it, or set lartpc.validation.samples"
                )
        simulated = {
            name: sample
            for name, sample in {**self.samples, **self.lartpc.validation.samples}.items()
            if sample.simulate is not None
        }
        for name in self.lartpc.validation.stages.samples:
            if name not in simulated:
                raise ValueError(
                    f"lartpc.validation.stages.samples: no simulated sample {name!r}; "
                    f"simulated: {', '.join(simulated)}"
                )
        for key, sample in self._named_samples():
            if sample not in self.samples:
                raise ValueError(f"{key}: no sample {sample!r}; samples: {', '.join(self.samples)}")
        for name, model in self.models.items():
            try:
                check_architecture(self.lartpc.images.size, model.channels)
            except InputError as error:
                raise ValueError(f"models.{name}.channels: {error}") from error
        self._sweeps_fit()
        return self

    def _named_samples(self) -> Iterator[tuple[str, str]]:
        """Give every key that names a sample of the study, with the name."""
        for name, model in self.models.items():
            yield from ((f"models.{name}.trained_on", sample) for sample in model.trained_on)
        fidelity = self.lartpc.validation.fidelity.trained_on
        yield from (("lartpc.validation.fidelity.trained_on", sample) for sample in fidelity)
        for species, sample in self.lartpc.contamination.templates.items():
            yield f"lartpc.contamination.templates.{species}", sample
        if self.lartpc.track_choice.evaluate is not None:
            yield "lartpc.track_choice.evaluate", self.lartpc.track_choice.evaluate
        for comparison in self.analyses.two_sample.comparisons:
            for side in ("first", "second"):
                key = f"analyses.two_sample.comparisons.{comparison.name}.{side}"
                yield key, getattr(comparison, side)
        for task in self.analyses.probes.tasks or ():
            yield from (("analyses.probes.tasks", sample) for sample in task)

    def _sweeps_fit(self) -> None:
        taken = {*self.models, "fidelity"}
        for name, sweep in self.sweeps.items():
            if sweep.base not in self.models:
                raise ValueError(
                    f"sweeps.{name}.base: no model {sweep.base!r}; models: {', '.join(self.models)}"
                )
        try:
            plans = self.sweep_plans()
        except InputError as error:
            raise ValueError(str(error)) from error
        for name, plan in plans.items():
            for model in plan.models:
                if model.name in taken:
                    raise ValueError(
                        f"sweeps.{name}: its model {model.name!r} has the name of another model. "
                        "Rename one"
                    )
                taken.add(model.name)

    def sweep_plans(self) -> dict[str, SweepPlan]:
        """Return what each sweep trains."""
        return {
            name: plan_sweep(
                name, sweep, base=self.models[sweep.base], size=self.lartpc.images.size
            )
            for name, sweep in self.sweeps.items()
        }

    def fidelity_model(self) -> Model:
        """Return the model that learns the images of each resize: the first one, trained less."""
        wanted = self.lartpc.validation.fidelity
        trained_on = wanted.trained_on or (next(iter(self.samples)),)
        model = next(iter(self.models.values()), Model(trained_on=trained_on))
        training = model.training.model_copy(
            update={"epochs": wanted.epochs, "fraction": wanted.fraction}
        )
        return model.model_copy(update={"trained_on": trained_on, "training": training})


def _inherited(name: str, models: Mapping[str, Any], heirs: tuple[str, ...] = ()) -> Any:
    """Return a model's keys laid over those of the model it inherits from."""
    own = models[name]
    parent = own.get("inherits") if isinstance(own, Mapping) else None
    if parent is None:
        return own
    if parent not in models or parent in (*heirs, name):
        raise ValueError(
            f"models.{name}.inherits: no other model {parent!r}; models: {', '.join(models)}"
        )
    return _overlay(_inherited(parent, models, (*heirs, name)), own)


def _with_base_training(sweep: Any, models: Mapping[str, Any]) -> Any:
    """Return a sweep whose training settings are laid over those of its base model."""
    if not isinstance(sweep, Mapping):
        return sweep  # refused where its fields are looked at
    base = models.get(str(sweep.get("base")))
    below = base.get("training", {}) if isinstance(base, Mapping) else {}
    above = sweep.get("training", {})
    if not isinstance(below, Mapping) or not isinstance(above, Mapping):
        return sweep
    return {**sweep, "training": _overlay(below, above)}


def _overlay(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, Mapping) and isinstance(below.get(key), Mapping)
        merged[key] = _overlay(below[key], value) if both else value
    return merged


def validate(content: Mapping[str, Any]) -> Config:
    """Return the configuration, or say in one line per mistake what is wrong.

    Raises
    ------
    InputError
        Names each wrong key, the value found and what is allowed.
    """
    with reading("config", "cannot be understood"):
        return _validated(Config, dict(content), where="config")


def _validated(model: type[Part], content: Mapping[str, Any], *, where: str) -> Part:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        lines = [_complaint(dict(problem), where) for problem in error.errors()]
        raise InputError("\n".join(lines)) from error


def load_detector(name: str, resources: Path) -> Detector:
    """Return a detector by its name in ``resources``/detectors or by the path of a YAML file.

    Raises
    ------
    InputError
        If there is no such detector, or its file has a mistake.
    """
    shipped = resources / "detectors" / f"{name}.yaml"
    path = shipped if shipped.is_file() else Path(name)
    if not path.is_file():
        known = sorted(file.stem for file in (resources / "detectors").glob("*.yaml"))
        named = ", ".join(known) or f"those in {resources / 'detectors'}, where there are none"
        raise InputError(f"config: detector: {name!r} is neither a file nor one of {named}.")
    content = read_yaml(path)
    with reading(path, "not a description of a detector"):
        return _validated(Detector, content, where=str(path))


def find_files(sample: str, patterns: tuple[str, ...]) -> list[str]:
    """Return the files that the patterns name, in order, each once.

    Raises
    ------
    InputError
        If a pattern matches no file.
    """
    found: dict[str, None] = {}  # a set in order
    for pattern in patterns:
        found_here = glob(pattern, recursive=True)  # noqa: PTH207 - a pattern may be absolute
        matches = sorted(name for name in found_here if Path(name).is_file())
        if not matches:
            raise InputError(
                f"{sample}: there is no file {pattern!r}. "
                f"Set samples.{sample}.files to files that exist."
            )
        found.update(dict.fromkeys(matches))
    return list(found)


def require_files(config: Config) -> None:
    """Refuse a configuration whose side tables or templates are not there.

    Raises
    ------
    InputError
        Names the key and the file.
    """
    for key, path in _named_files(config):
        if path is not None and not Path(path).is_file():
            raise InputError(f"config: {key}: there is no file {path!r}.")


def _named_files(config: Config) -> Iterator[tuple[str, str | None]]:
    yield "checksums", config.checksums
    for name, sample in config.samples.items():
        yield f"samples.{name}.beamline", sample.beamline
        yield f"samples.{name}.calorimetry", sample.calorimetry
        if sample.clean is not None:
            yield f"samples.{name}.clean.events", sample.clean.events
    pid = config.lartpc.pid
    yield "lartpc.pid.larsoft_templates", pid.larsoft_templates
    validation = config.lartpc.validation
    yield "lartpc.validation.larsoft_templates", validation.larsoft_templates
    yield "lartpc.validation.sbn_calorimetry", validation.sbn_calorimetry
    for path in pid.template_files:
        yield "lartpc.pid.template", path


def _complaint(problem: dict[str, Any], where: str) -> str:
    place = [str(part) for part in problem["loc"]]
    key = ".".join(place)
    value = problem.get("input")
    match problem["type"]:
        case "extra_forbidden":
            allowed = _siblings(place[:-1])
            close = difflib.get_close_matches(place[-1], allowed, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            listed = f" Allowed: {', '.join(allowed)}." if allowed else ""
            return f"{where}: {key}: unknown key.{hint}{listed}"
        case "missing":
            return f"{where}: {key}: this key is required."
        case "literal_error":
            allowed_values = problem["ctx"]["expected"]
            return f"{where}: {key}: {value!r} is not allowed. Allowed: {allowed_values}."
        case "value_error":
            text = str(problem["ctx"]["error"])
            return f"{where}: {key}: {text}." if key else f"{where}: {text}."
        case _:
            return f"{where}: {key}: {problem['msg']}, found {value!r}."


def _siblings(place: list[str]) -> list[str]:
    """Return the keys that are known where a place in the configuration lies."""
    model: type[Settings] | None = Config
    for part in place:
        if model is None:
            return []
        model = _submodel(model, part)
    return list(model.model_fields) if model else []


def _submodel(model: type[Settings], part: str) -> type[Settings] | None:
    field = model.model_fields.get(part)
    if field is None:
        # A name that the user gave (a sample, a model): its mapping was the step before.
        return model
    return next(iter(settings_in(field.annotation)), None)


def settings_in(annotation: Any) -> list[type[Settings]]:
    """Return the settings models in a type annotation (``dict[str, Sample]`` holds ``Sample``)."""
    if isinstance(annotation, type) and issubclass(annotation, Settings):
        return [annotation]
    arguments = getattr(annotation, "__args__", ())
    return [model for argument in arguments for model in settings_in(argument)]
