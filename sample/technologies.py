"""The technologies of the generated postings and how their popularity shifts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

__all__ = ["TECHNOLOGIES", "Technology", "for_role"]


@dataclass(frozen=True, slots=True)
class Technology:
    """One technology: display name, the ways it is written, the roles that ask for it, its curve.

    ``curve`` holds (year, weight) points; between them the weight is interpolated, before the first
    and after the last it is that point's. A weight of 1 is "in every second posting of the role".
    """

    name: str
    spellings: tuple[str, ...]
    roles: frozenset[str]
    curve: tuple[tuple[float, float], ...]

    def weight(self, year: float) -> float:
        """Return the popularity at a point in time, such as 2015.5 for July 2015."""
        earlier = self.curve[0]
        for later in self.curve:
            if year < later[0]:
                span = later[0] - earlier[0]
                share = (year - earlier[0]) / span if span > 0 else 0.0
                return earlier[1] + (later[1] - earlier[1]) * max(0.0, share)
            earlier = later
        return earlier[1]


_ROLES = {
    "bac": "backend", "fro": "frontend", "ful": "fullstack", "mob": "mobile", "dat": "data",
    "ml": "ml", "dev": "devops", "sec": "security", "emb": "embedded", "qa": "qa", "des": "design",
    "pro": "product", "res": "research", "sof": "software",
}  # fmt: skip

# name; other spellings after "|"; roles (by their first three letters); year:weight points
_ROWS = """
Python|python; bac ful dat ml dev sof res sec qa; 2011:.45 2016:.6 2021:.8 2026:.95
Ruby on Rails|Rails,RoR; bac ful sof; 2011:.75 2014:.7 2018:.4 2026:.22
Ruby|ruby; bac ful sof dev qa; 2011:.6 2015:.5 2020:.25 2026:.12
Java|java; bac ful sof dat qa; 2011:.55 2018:.5 2026:.38
PHP|php; bac ful sof; 2011:.45 2016:.28 2026:.1
C++|c++; emb sof res bac; 2011:.4 2026:.35
C|; emb; 2011:.6 2026:.5
C#|c#; bac ful sof; 2011:.25 2026:.2
.NET|.Net,dotnet; bac sof; 2011:.2 2026:.18
Scala|scala; bac dat sof; 2011:.12 2015:.35 2019:.22 2026:.06
Clojure|clojure; bac sof; 2011:.08 2015:.14 2026:.04
Erlang|erlang; bac; 2011:.1 2016:.05 2026:.02
Elixir|elixir; bac ful; 2014:0 2015:.05 2019:.18 2026:.13
Perl|perl; bac; 2011:.14 2016:.04 2026:.01
Go|Golang,golang; bac dev sof sec; 2011:.02 2014:.2 2018:.45 2026:.5
Rust|rust; bac emb sof sec; 2014:0 2016:.06 2021:.28 2026:.42
Kotlin|kotlin; bac mob; 2015:0 2017:.1 2020:.35 2026:.36
Swift|swift; mob; 2014:0 2015:.4 2018:.65 2026:.6
Objective-C|Objective C,ObjC; mob; 2011:.8 2015:.55 2019:.15 2026:.03
Haskell|haskell; bac res; 2011:.06 2016:.08 2026:.03
JavaScript|Javascript,JS,javascript; fro ful sof mob; 2011:.7 2016:.7 2020:.5 2026:.35
TypeScript|Typescript,TS,typescript; fro ful bac sof; 2013:0 2016:.12 2019:.45 2023:.85 2026:.95
CoffeeScript|Coffeescript; fro ful; 2011:.1 2013:.35 2016:.08 2018:0
jQuery|JQuery,jquery; fro ful; 2011:.75 2014:.5 2017:.16 2021:.04 2026:.01
Backbone.js|Backbone; fro ful; 2011:.15 2013:.45 2016:.1 2018:0
Ember.js|Ember,EmberJS; fro ful; 2012:0 2014:.3 2017:.14 2021:.03 2024:0
Angular|AngularJS; fro ful; 2012:0 2014:.5 2016:.6 2020:.3 2026:.14
React|ReactJS,React.js,react; fro ful sof; 2013:0 2014:.1 2016:.7 2019:1.1 2026:1.15
Redux|redux; fro; 2015:0 2017:.4 2020:.3 2026:.08
Vue|Vue.js,VueJS; fro ful; 2015:0 2018:.28 2021:.3 2026:.16
Svelte|svelte; fro; 2018:0 2022:.12 2026:.14
Next.js|NextJS,Nextjs; fro ful; 2017:0 2020:.16 2023:.5 2026:.62
Tailwind CSS|Tailwind,TailwindCSS; fro ful des; 2018:0 2021:.16 2024:.42 2026:.5
HTML|HTML5; fro ful; 2011:.6 2016:.4 2026:.15
CSS|CSS3; fro ful des; 2011:.6 2016:.4 2026:.2
Sass|SASS; fro; 2011:.1 2014:.35 2020:.12 2026:.03
Webpack|webpack; fro; 2014:0 2017:.3 2021:.12 2026:.03
GraphQL|graphql; bac ful fro; 2015:0 2017:.12 2020:.34 2026:.22
gRPC|GRPC; bac dev; 2015:0 2018:.12 2022:.2 2026:.18
Node.js|NodeJS,Node,node.js; bac ful sof; 2011:.14 2014:.42 2018:.6 2026:.5
Django|django; bac ful; 2011:.34 2016:.36 2022:.3 2026:.22
Flask|flask; bac ful; 2012:.05 2016:.2 2020:.16 2026:.08
FastAPI|Fast API; bac ful ml; 2018:0 2021:.14 2024:.4 2026:.5
Spring Boot|; bac; 2011:.2 2018:.22 2026:.16
Laravel|laravel; bac ful; 2012:0 2016:.14 2021:.14 2026:.1
PostgreSQL|Postgres,postgres,PostgresQL; bac ful dat sof dev; 2011:.22 2015:.5 2020:.65 2026:.78
MySQL|mysql,MySql; bac ful sof dat; 2011:.5 2016:.35 2026:.14
MongoDB|Mongo,mongodb; bac ful sof; 2011:.25 2014:.42 2018:.26 2026:.12
Redis|redis; bac ful dev; 2011:.16 2015:.35 2026:.3
Cassandra|Apache Cassandra; bac dat; 2011:.12 2015:.2 2021:.08 2026:.03
Elasticsearch|ElasticSearch,Elastic Search; bac dat; 2012:.05 2015:.24 2019:.24 2026:.14
DynamoDB|Dynamo DB; bac; 2013:.02 2018:.12 2026:.14
ClickHouse|Clickhouse; bac dat; 2018:0 2021:.1 2026:.26
Kafka|Apache Kafka; bac dat dev; 2012:.02 2016:.2 2020:.32 2026:.28
RabbitMQ|Rabbit MQ; bac; 2011:.12 2015:.16 2026:.06
Hadoop|hadoop; dat; 2011:.4 2014:.5 2018:.2 2022:.04
Spark|Apache Spark; dat ml; 2013:0 2015:.4 2019:.5 2026:.32
Airflow|Apache Airflow; dat; 2016:0 2018:.2 2021:.45 2026:.4
dbt|DBT; dat; 2018:0 2020:.15 2023:.5 2026:.5
Snowflake|snowflake; dat; 2016:0 2019:.2 2023:.45 2026:.4
BigQuery|Big Query; dat; 2014:.02 2018:.2 2026:.28
SQL|sql; dat ml pro; 2011:.6 2026:.65
R|; dat res; 2011:.25 2016:.35 2021:.18 2026:.1
AWS|Amazon Web Services,aws; dev bac ful dat sof ml; 2011:.25 2015:.5 2020:.7 2026:.68
Google Cloud|GCP,Google Cloud Platform; dev bac dat ml; 2013:.02 2017:.14 2021:.28 2026:.32
Azure|Microsoft Azure; dev bac; 2012:.03 2018:.14 2026:.2
Docker|docker; dev bac ful; 2013:0 2014:.14 2017:.5 2026:.42
Kubernetes|k8s,K8s,kubernetes; dev bac dat; 2014:0 2016:.12 2019:.5 2023:.66 2026:.62
Terraform|terraform; dev; 2015:0 2018:.4 2022:.7 2026:.72
Ansible|ansible; dev; 2012:0 2015:.4 2020:.3 2026:.14
Chef|; dev; 2011:.35 2014:.5 2018:.15 2022:.02
Puppet|puppet; dev; 2011:.4 2014:.45 2018:.12 2022:.02
Jenkins|jenkins; dev qa; 2011:.25 2016:.4 2021:.18 2026:.06
Prometheus|prometheus; dev; 2015:0 2018:.25 2026:.34
Linux|linux; dev emb sec; 2011:.55 2026:.4
PyTorch|Pytorch,pytorch; ml res; 2016:0 2018:.25 2021:.6 2026:.8
TensorFlow|Tensorflow,tensorflow; ml res; 2015:0 2017:.5 2020:.5 2026:.14
scikit-learn|sklearn; ml dat; 2011:.1 2016:.35 2021:.3 2026:.18
Pandas|pandas; dat ml; 2012:.05 2017:.3 2026:.3
CUDA|cuda; ml emb res; 2011:.06 2019:.15 2026:.34
LangChain|Langchain; ml ful; 2022:0 2023.3:.25 2024:.35 2026:.2
OpenAI|OpenAI API; ml ful bac; 2021:0 2023:.22 2024:.4 2026:.42
Claude|Claude API; ml ful bac; 2023:0 2024:.12 2025:.34 2026:.6
vLLM|VLLM; ml; 2023:0 2024:.15 2026:.4
Hugging Face|HuggingFace,Huggingface; ml; 2019:0 2022:.2 2026:.34
iOS|ios; mob; 2011:.8 2026:.7
Android|android; mob; 2011:.6 2026:.6
React Native|ReactNative; mob; 2015:0 2017:.3 2026:.5
Flutter|flutter; mob; 2017:0 2020:.2 2026:.3
Selenium|selenium; qa; 2011:.6 2018:.5 2026:.2
Playwright|playwright; qa fro; 2020:0 2022:.25 2026:.6
Cypress|; qa; 2018:0 2020:.4 2026:.25
Figma|figma; des pro; 2016:0 2019:.4 2022:.9 2026:1
Sketch|; des; 2012:.2 2017:.7 2021:.15 2024:.03
Photoshop|; des; 2011:.8 2016:.4 2022:.08
FreeRTOS|; emb; 2013:.1 2026:.35
ROS|; emb res; 2012:.1 2026:.4
FPGA|; emb; 2011:.2 2026:.26
Git|git; sof ful qa; 2011:.25 2016:.25 2026:.14
"""


def _parse(row: str) -> Technology:
    names, roles, points = (part.strip() for part in row.split(";"))
    name, _, others = names.partition("|")
    spellings = (name, *filter(None, others.split(",")))
    pairs = (point.split(":") for point in points.split())
    curve = tuple((float(year), float(weight)) for year, weight in pairs)
    return Technology(name, spellings, frozenset(_ROLES[role] for role in roles.split()), curve)


TECHNOLOGIES: tuple[Technology, ...] = tuple(_parse(row) for row in _ROWS.strip().splitlines())


@cache
def for_role(role: str, year: float) -> tuple[tuple[Technology, float], ...]:
    """Return the technologies that a role asks for in this year, each with its weight."""
    found = ((tech, tech.weight(year)) for tech in TECHNOLOGIES if role in tech.roles)
    return tuple((tech, weight) for tech, weight in found if weight > 0.004)
