using System.Text.Json.Nodes;
using Flotilla.ApiServer.Authentication;
using Flotilla.ApiServer.Requests;
using Flotilla.ApiServer.Resources;

namespace Flotilla.ApiServer.Admission;

/// <summary>A change on its way to the store, as admission sees it.</summary>
/// <param name="Operation">CREATE, UPDATE, DELETE or CONNECT.</param>
/// <param name="Object">The new object; null for DELETE. Mutation may change it in place.</param>
/// <param name="OldObject">The object before; null for CREATE.</param>
internal sealed record AdmissionRequest(
    string Operation,
    ServedResource Resource,
    string Subresource,
    string Namespace,
    string Name,
    JsonObject? Object,
    JsonObject? OldObject,
    bool DryRun,
    UserInfo User,
    Warnings Warnings);
