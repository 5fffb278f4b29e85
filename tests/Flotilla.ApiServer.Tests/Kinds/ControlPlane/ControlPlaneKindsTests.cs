using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Authentication;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tests.Kinds.ControlPlane;

public sealed class ControlPlaneKindsTests
{
    [Fact]
    public void A_signing_request_names_its_requester_and_nobody_else()
    {
        var request = SigningRequest(""","username":"mallory","groups":["system:masters"]""");
        Assert.Empty(request.Texts);
        request.Resource.Rules.NoteRequester(request.Object, new UserInfo("alice", ["dev"]) { Uid = "7" });
        Assert.Equal("alice", request.Object.Object("spec").String("username"));
        Assert.Equal("""["dev"]""", request.Object.Object("spec").Array("groups")!.ToJsonString());
    }

    [Fact]
    public void Approval_is_for_good_and_has_its_time()
    {
        var request = SigningRequest();
        Assert.Equal(["status.conditions: Forbidden: updates may not add a condition of type \"Approved\""], request.Update("status", Approve("Approved")).Texts);
        var approved = request.Update("approval", Approve("Approved"));
        Assert.Empty(approved.Texts);
        Assert.Equal("2026-01-02T03:04:05Z", approved.Object.Object("status").Array("conditions")![0].String("lastUpdateTime"));
        Assert.Equal(["status.conditions: Invalid value: \"Denied\": Approved and Denied conditions are mutually exclusive"], approved.Update("approval", Approve("Denied")).Texts);
        Assert.Equal(["status.conditions: Forbidden: updates may not remove a condition of type \"Approved\""], approved.Update("approval", obj => obj["status"] = new JsonObject()).Texts);
    }

    [Fact]
    public void A_certificate_is_brought_once()
    {
        var request = SigningRequest();
        var issued = request.Update("status", obj => obj.Object("status")!["certificate"] = Base64(Certificate()));
        Assert.Empty(issued.Texts);
        Assert.Equal(["status.certificate: Forbidden: updates may not modify existing certificate content"],
            issued.Update("status", obj => obj.Object("status")!["certificate"] = Base64(Certificate())).Texts);
        Assert.Equal(["status.certificate: Invalid value: \"<certificate data>\": must contain at least one CERTIFICATE PEM block"],
            request.Update("status", obj => obj.Object("status")!["certificate"] = Base64("nothing")).Texts);
    }

    [Theory]
    [InlineData("", "spec.signerName: Required value: signerName must be provided")]
    [InlineData("nodomain", "spec.signerName: Invalid value: \"nodomain\": must be a fully qualified domain and path of the form 'example.com/signer-name'")]
    [InlineData("example/x", "spec.signerName: Invalid value: \"example\": should be a domain with at least two segments separated by dots")]
    [InlineData("kubernetes.io/legacy-unknown", "spec.signerName: Invalid value: \"kubernetes.io/legacy-unknown\": the legacy signerName is not allowed via this API version")]
    public void A_signer_has_a_domain(string signer, string problem) => Assert.Equal([problem], SigningRequest(signer: signer).Texts);

    [Theory]
    [InlineData("""{"apiVersion":"scheduling.k8s.io/v1","kind":"PriorityClass","metadata":{"name":"p"},"value":1000000001}""",
        "value: Forbidden: maximum allowed value of a user defined priority is 1000000000")]
    [InlineData("""{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"l"},"spec":{"leaseDurationSeconds":0}}""",
        "spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0")]
    [InlineData("""{"apiVersion":"node.k8s.io/v1","kind":"RuntimeClass","metadata":{"name":"r"},"handler":"a.b"}""", "handler: Invalid value: \"a.b\": must not contain dots")]
    [InlineData("""{"apiVersion":"flowcontrol.apiserver.k8s.io/v1","kind":"FlowSchema","metadata":{"name":"f"},"spec":{}}""",
        "spec.priorityLevelConfiguration.name: Required value: must reference a priority level")]
    [InlineData("""{"apiVersion":"flowcontrol.apiserver.k8s.io/v1","kind":"PriorityLevelConfiguration","metadata":{"name":"f"},"spec":{"type":"Limited","limited":{"limitResponse":{"type":"Queue","queuing":{"queues":2,"handSize":3}}}}}""",
        "spec.limited.limitResponse.queuing.handSize: Invalid value: 3: should not be greater than queues (2)")]
    [InlineData("""{"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"b"},"spec":{"minAvailable":"200%"}}""",
        "spec.minAvailable: Invalid value: \"200%\": must not be greater than 100%")]
    public void What_is_out_of_bounds_is_refused(string json, string problem) => Assert.Equal([problem], Written.Create(json).Texts);

    private static Action<JsonObject> Approve(string type) => obj =>
    {
        var status = obj.ObjectOrNew("status");
        if (status.Array("conditions") is not { } conditions)
            status["conditions"] = conditions = [];
        conditions.Add((JsonNode)new JsonObject { ["type"] = type, ["status"] = "True", ["reason"] = "R" });
    };

    private static Written SigningRequest(string more = "", string signer = "example.com/signer")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = new CertificateRequest("CN=bob", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
        return Written.Create(
            $$$"""{"apiVersion":"certificates.k8s.io/v1","kind":"CertificateSigningRequest","metadata":{"name":"c"},"spec":{"request":"{{{Base64(pem)}}}","signerName":"{{{signer}}}","usages":["client auth"]{{{more}}}}}""");
    }

    private static string Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=bob", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return certificate.ExportCertificatePem();
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));
}
