*** Settings ***
Documentation     An applicant finds a guide and takes the form and the sample home.
Resource          zhinan.resource
Test Teardown     Close All Browsers

*** Test Cases ***
申请人用中文搜索找到指南
    打开网站
    搜索    投资项目备案
    Element Should Contain    css:.zn-results li:first-child    企业投资项目备案
    Click Link    企业投资项目备案
    Wait Until Page Contains Element    css:.zn-facts
    Element Text Should Be    css:h1    企业投资项目备案
    Element Should Contain    css:.zn-facts    承诺办结时限
    Page Should Contain Element    css:figure svg[role=img]

申请人下载空白表和样表
    打开网站    /guides/621002001000
    ${blank}=    Get Element Attribute    css:#m01 a[href$="@@blank-form"]    href
    ${sample}=    Get Element Attribute    css:#m01 a[href$="@@filled-sample"]    href
    Click Element    css:#m01 a[href$="@@blank-form"]
    ${blank_file}=    Downloaded File    空白表）.docx
    Click Element    css:#m01 a[href$="@@filled-sample"]
    ${sample_file}=    Downloaded File    样表）.docx
    Document Holds    ${blank_file}    企业投资项目备案申请表    备案单位名称
    Document Holds    ${sample_file}    企业投资项目备案申请表    嘉峪关示例新材料有限公司    样表
    ${blank_sum}=    Sha256 Of    ${blank_file}
    ${sample_sum}=    Sha256 Of    ${sample_file}
    Should Not Be Equal    ${blank_sum}    ${sample_sum}
    Click Link    css:#m01 a[href$="/m01"]
    Wait Until Page Contains Element    css:.zn-version
    Page Should Contain    ${blank_sum}
    Page Should Contain    ${sample_sum}

申请人一次下载全部
    打开网站    /guides/621002001000
    Click Element    css:a[href$="@@download-all"]
    ${archive}=    Downloaded File    .zip
    ${names}=    Archive Names    ${archive}
    Length Should Be    ${names}    4
    Should Contain    ${names}[0]    01 企业投资项目备案申请表/

没有脚本也能办事
    打开网站    scripts=${False}
    搜索    施工许可
    Click Link    建筑工程施工许可证核发
    Wait Until Page Contains Element    css:.zn-facts
    Click Element    css:#m01 a[href$="@@blank-form"]
    ${file}=    Downloaded File    空白表）.docx
    Document Holds    ${file}    建筑工程施工许可证申请表

搜不到时告诉怎么办
    打开网站
    搜索    （‘[没有这样的事项
    Page Should Contain Element    css:.zn-emptystate a[href$="/guides"]
