namespace Nines.Control.Gateway;

/// <summary>The services that share their names for the errors that every service has.</summary>
internal enum ErrorFamily
{
    /// <summary>EC2.</summary>
    Ec2,

    /// <summary>The query protocol (STS, IAM, Auto Scaling, …) and REST-XML except S3.</summary>
    Query,

    /// <summary>AWS JSON, and CBOR, which took over its names.</summary>
    Json,

    /// <summary>REST-JSON: JSON's names with the statuses of REST.</summary>
    RestJson,

    /// <summary>S3.</summary>
    S3,
}
