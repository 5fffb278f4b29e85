using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.Kubernetes.Json;

namespace Flotilla.Kubernetes.Client;

/// <summary>Credentials of a program, kept until they expire or are refused. Runs of the program never overlap.</summary>
internal sealed class ExecCredentials(ExecPlugin plugin, KubernetesEndpoint endpoint, TimeProvider time) : Credentials
{
    private const int MostOutput = 1024 * 1024;
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestTalk = TimeSpan.FromMinutes(10);
    private readonly SemaphoreSlim running = new(1);
    private volatile Issued? issued;

    public override bool MayHaveCertificate => true;

    public override X509Certificate2? Certificate => issued?.Certificate;

    public override async ValueTask<string?> BearerAsync(CancellationToken cancellation)
    {
        if (IsGood(issued))
            return issued!.Token;
        await running.WaitAsync(cancellation);
        try
        {
            if (!IsGood(issued))
                issued = Read(await RunAsync(cancellation));
            return issued!.Token;
        }
        finally
        {
            running.Release();
        }
    }

    public override void Refused() => issued = null;

    public override void Dispose() => running.Dispose();

    private bool IsGood(Issued? known) => known is not null && time.GetUtcNow() < known.Expires;

    private async Task<byte[]> RunAsync(CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(plugin.Interactive ? LongestTalk : LongestRun);
        using var process = new Process { StartInfo = StartInfo() };
        try
        {
            process.Start();
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            var remedy = plugin.InstallHint ?? "install it, or name it with its full path";
            throw new EndpointException($"{plugin.Origin}.command: \"{plugin.Command}\" cannot be started ({e.Message}): {remedy}", e);
        }
        try
        {
            if (!plugin.Interactive)
                process.StandardInput.Close();
            var errors = plugin.Interactive ? Task.FromResult("") : process.StandardError.ReadToEndAsync(patience.Token);
            var output = await ReadAsync(process.StandardOutput.BaseStream, patience.Token);
            await process.WaitForExitAsync(patience.Token);
            var said = (await errors).Trim();
            return process.ExitCode == 0
                ? output
                : throw new EndpointException($"{plugin.Origin}.command: \"{plugin.Command}\" ended with code {process.ExitCode}{(said.Length > 0 ? $": {said}" : "")}; run it by hand to see why");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new EndpointException($"{plugin.Origin}.command: \"{plugin.Command}\" gave no credentials in time; run it by hand to see what it waits for");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private ProcessStartInfo StartInfo()
    {
        var start = new ProcessStartInfo(plugin.Command)
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = !plugin.Interactive,
            RedirectStandardError = !plugin.Interactive,
        };
        foreach (var argument in plugin.Arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in plugin.Environment)
            start.Environment[name] = value;
        start.Environment["KUBERNETES_EXEC_INFO"] = ExecInfo().ToJsonString();
        return start;
    }

    private JsonObject ExecInfo()
    {
        var spec = new JsonObject { ["interactive"] = plugin.Interactive };
        if (plugin.ProvideClusterInfo)
        {
            var cluster = new JsonObject { ["server"] = endpoint.Server.ToString().TrimEnd('/') };
            if (endpoint.TlsServerName is { } name)
                cluster["tls-server-name"] = name;
            if (endpoint.Insecure)
                cluster["insecure-skip-tls-verify"] = true;
            if (endpoint.Authorities is { Count: > 0 } authorities)
                cluster["certificate-authority-data"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(authorities.ExportCertificatePems()));
            if (endpoint.Proxy is { } proxy)
                cluster["proxy-url"] = proxy.ToString();
            spec["cluster"] = cluster;
        }
        return new JsonObject { ["apiVersion"] = plugin.ApiVersion, ["kind"] = "ExecCredential", ["spec"] = spec };
    }

    private async Task<byte[]> ReadAsync(Stream output, CancellationToken cancellation)
    {
        using var all = new MemoryStream();
        var part = new byte[8192];
        int read;
        while ((read = await output.ReadAsync(part, cancellation)) > 0)
        {
            all.Write(part, 0, read);
            if (all.Length > MostOutput)
                throw Bad("it wrote more than a megabyte");
        }
        return all.ToArray();
    }

    private Issued Read(byte[] output)
    {
        JsonNode? credential;
        try
        {
            credential = JsonText.Parse(output);
        }
        catch (JsonException e)
        {
            throw Bad($"it wrote no JSON ({e.Message})");
        }
        if (credential.String("kind") != "ExecCredential" || credential.String("apiVersion") != plugin.ApiVersion)
            throw Bad($"it wrote {credential.String("apiVersion")} {credential.String("kind")} instead of {plugin.ApiVersion} ExecCredential");
        var status = credential.Object("status");
        var (token, certificate, key) = (status.String("token"), status.String("clientCertificateData"), status.String("clientKeyData"));
        if (string.IsNullOrEmpty(token) && string.IsNullOrEmpty(certificate))
            throw Bad("it wrote neither status.token nor status.clientCertificateData");
        var expires = DateTimeOffset.MaxValue;
        if (status.String("expirationTimestamp") is { Length: > 0 } text
            && !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out expires))
            throw Bad($"status.expirationTimestamp \"{text}\" is no time");
        try
        {
            var pair = string.IsNullOrEmpty(certificate) ? null : Certificates.OfPem(certificate, key ?? "");
            return new Issued(string.IsNullOrEmpty(token) ? null : token, pair, expires);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw Bad($"status.clientCertificateData and clientKeyData are no certificate with its key ({e.Message})");
        }
    }

    private EndpointException Bad(string why) => new($"{plugin.Origin}.command: \"{plugin.Command}\" gave no credentials: {why}");

    private sealed record Issued(string? Token, X509Certificate2? Certificate, DateTimeOffset Expires);
}
