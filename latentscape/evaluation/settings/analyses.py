"""All analyses of a model's latent space."""

from pydantic import Field

from latentscape.evaluation.settings.anomaly import Anomaly
from latentscape.evaluation.settings.comparisons import TwoSample
from latentscape.evaluation.settings.content import (
    Content,
    Correlation,
    Dimensions,
    Information,
    Variance,
    Within,
)
from latentscape.evaluation.settings.maps import Explorer, Map, Traversal, Walks
from latentscape.evaluation.settings.probes import Agreement, HardCases, Multiclass, Probes
from latentscape.evaluation.settings.structure import Disentanglement, Mixtures, NormalPid
from latentscape.evaluation.settings.sweeps import Capacity, Trends
from latentscape.settings import Settings


class Analyses(Settings):
    """The analyses of every model's latent space."""

    correlation: Correlation = Field(default=Correlation(), description="Rank correlations")
    probes: Probes = Field(default=Probes(), description="Label probes")
    agreement: Agreement = Field(default=Agreement(), description="Agreement of the probes")
    hard_cases: HardCases = Field(default=HardCases(), description="Rows that are hard for all")
    multiclass: Multiclass = Field(default=Multiclass(), description="Several labels at once")
    anomaly: Anomaly = Field(default=Anomaly(), description="Anomaly detection")
    map: Map = Field(default=Map(), description="UMAP")
    variance: Variance = Field(default=Variance(), description="Variance decomposition")
    dimensions: Dimensions = Field(default=Dimensions(), description="Active dimensions")
    content: Content = Field(default=Content(), description="Reading the features")
    information: Information = Field(default=Information(), description="Mutual information")
    within: Within = Field(default=Within(), description="Features within a label")
    traversal: Traversal = Field(default=Traversal(), description="Latent traversal")
    walks: Walks = Field(default=Walks(), description="Walks from chosen rows")
    capacity: Capacity = Field(default=Capacity(), description="Use of the latent dimensions")
    trends: Trends = Field(default=Trends(), description="Trends along a sweep")
    mixtures: Mixtures = Field(default=Mixtures(), description="Mixtures against labels")
    normal_pid: NormalPid = Field(default=NormalPid(), description="Normal distribution per label")
    disentanglement: Disentanglement = Field(
        default=Disentanglement(), description="Dimensions against true factors"
    )
    explorer: Explorer = Field(default=Explorer(), description="Interactive page")
    two_sample: TwoSample = Field(default=TwoSample(), description="Two-sample tests")
