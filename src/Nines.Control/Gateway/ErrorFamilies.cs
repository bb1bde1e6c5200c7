using Nines.Wire.Schemas;

namespace Nines.Control.Gateway;

/// <summary>Which family's errors a request is answered with.</summary>
internal static class ErrorFamilies
{
    /// <param name="service">The service, or null when the request does not say.</param>
    /// <param name="protocol">The protocol that the client speaks.</param>
    public static ErrorFamily Of(ServiceDescriptor? service, ProtocolKind protocol) => protocol switch
    {
        ProtocolKind.Ec2 => ErrorFamily.Ec2,
        ProtocolKind.Query => ErrorFamily.Query,
        ProtocolKind.RestXml => service?.SigningName == "s3" ? ErrorFamily.S3 : ErrorFamily.Query,
        ProtocolKind.RestJson => ErrorFamily.RestJson,
        _ => ErrorFamily.Json,
    };
}
