using Flotilla.Kubernetes.Errors;
using Microsoft.AspNetCore.Http;

namespace Flotilla.ApiServer.Requests;

/// <summary>Warnings for the client, sent as <c>Warning: 299 - "…"</c> headers (RFC 7234), once each.</summary>
internal sealed class Warnings
{
    private const int MostBytes = 4096;
    private readonly List<string> texts = [];
    private int size;

    public IReadOnlyList<string> Texts => texts;

    public void Add(string text)
    {
        if (texts.Contains(text) || size + text.Length > MostBytes)
            return;
        size += text.Length;
        texts.Add(text);
    }

    public void AddRange(IEnumerable<string> several)
    {
        foreach (var text in several)
            Add(text);
    }

    public void WriteTo(HttpResponse response)
    {
        foreach (var text in texts)
            response.Headers.Append("Warning", $"299 - {FieldError.Quote(Clean(text))}");
    }

    private static string Clean(string text) => new([.. text.Select(c => char.IsControl(c) ? ' ' : c > '~' ? '?' : c)]);
}
