namespace Flotilla.ApiServer.Admission.Webhooks;

/// <summary>A webhook could not be asked, or its answer not be understood; its failure policy decides what that means.</summary>
internal sealed class WebhookCallException(string reason, Exception? inner = null) : Exception(reason, inner);
